/** The frame of a plot: numbers below it and left of it, lines across it where they help to read, and what the axes mean. */
import { label, line, type Scale } from './svg.js';

/** A plot's edges, pixels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axis {
  readonly scale: Scale;
  /** Where a number stands. */
  readonly ticks: readonly number[];
  /** The number as text; by default as it is. */
  readonly text?: (value: number) => string;
  /** What the axis means, with its unit. */
  readonly title?: string;
  /** Whether a line through the plot marks each number. */
  readonly lines?: boolean;
}

const centred = { 'text-anchor': 'middle', class: 'quiet' } as const;

/** With a minus sign, not a hyphen. */
const plain = (value: number): string => String(value).replace('-', '−');

/** The axis below a plot; its line at 0 is an axis of its own. */
export function axisBelow(
  { left, right, top, bottom }: Plot,
  { scale, ticks, text = plain, title, lines = false }: Axis,
): string[] {
  return [
    ...ticks.flatMap((value) => [
      ...(lines ? [line(scale(value), top, scale(value), bottom, value === 0 ? 'axis' : 'grid')] : []),
      label(scale(value), bottom + 16, text(value), centred),
    ]),
    ...(lines ? [] : [line(left, bottom, right, bottom, 'axis')]),
    ...(title === undefined ? [] : [label((left + right) / 2, bottom + 36, title, centred)]),
  ];
}

/** The axis left of a plot, its title upright beside it. */
export function axisLeft(
  { left, right, top, bottom }: Plot,
  { scale, ticks, text = plain, title, lines = true }: Axis,
): string[] {
  const middle = (top + bottom) / 2;
  return [
    ...ticks.flatMap((value) => [
      ...(lines ? [line(left, scale(value), right, scale(value), 'grid')] : []),
      label(left - 7, scale(value) + 4, text(value), { 'text-anchor': 'end', class: 'quiet' }),
    ]),
    ...(title === undefined
      ? []
      : [label(0, 0, title, { transform: `translate(${left - 42} ${middle}) rotate(-90)`, ...centred })]),
  ];
}
