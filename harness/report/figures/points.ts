/** Points with intervals in both directions: one quantity against another. */
import { axisBelow, axisLeft } from '../../core/drawing/axes.js';
import { colourAt, drawing, element, label, linear, ticks, type Figure, type Scale } from '../../core/drawing/svg.js';
import { intervalOf, type Quantity } from '../evaluate/quantity.js';

export interface Point {
  /** Written beside it. */
  readonly name: string;
  /** What it is coloured by. */
  readonly series: string;
  readonly x: Quantity;
  readonly y: Quantity;
}

export interface PointsFigure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** Along the axes, with units. */
  readonly axes: readonly [x: string, y: string];
}

const size = { width: 720, height: 420, left: 56, right: 24, top: 40, bottom: 52 };

const covering = (quantities: readonly Quantity[]): readonly [number, number] => {
  const ends = quantities.map(intervalOf).flatMap(({ low, high }) => [low, high]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
};

function drawn({ name, x, y }: Point, colour: string, [across, up]: readonly [Scale, Scale]): string[] {
  const [horizontal, vertical] = [intervalOf(x), intervalOf(y)];
  const [cx, cy] = [across(x.value ?? 0), up(y.value ?? 0)];
  const arm = { stroke: colour, 'stroke-width': 1.2, 'stroke-dasharray': x.provenance === 'projected' ? '3 2' : '' };
  return [
    element('line', { x1: across(horizontal.low), x2: across(horizontal.high), y1: cy, y2: cy, ...arm }),
    element('line', { x1: cx, x2: cx, y1: up(vertical.low), y2: up(vertical.high), ...arm, 'stroke-dasharray': '' }),
    element('circle', {
      cx,
      cy,
      r: 4.5,
      stroke: colour,
      'stroke-width': 1.8,
      fill: x.provenance === 'projected' ? 'var(--paper,#fff)' : colour,
    }),
    label(cx + 8, cy - 7, name, { class: 'quiet' }),
  ];
}

/** Hollow marks: the quantity across is projected, not measured. Places without both numbers are left out. */
export function pointsFigure({ id, title, caption, axes }: PointsFigure, points: readonly Point[]): Figure {
  const shown = points.filter(({ x, y }) => x.value !== null && y.value !== null);
  const without = points.length - shown.length;
  const left = without === 0 ? '' : ` ${without} without one of the numbers are left out.`;
  if (shown.length === 0) return { id, title, caption: `${caption} Nothing to draw yet.`, svg: null };
  const [right, bottom] = [size.width - size.right, size.height - size.bottom];
  const [domainX, domainY] = [covering(shown.map(({ x }) => x)), covering(shown.map(({ y }) => y))];
  const scales = [linear(domainX, [size.left, right]), linear(domainY, [bottom, size.top])] as const;
  const [across, up] = scales;
  const plot = { left: size.left, right, top: size.top, bottom };
  const series = [...new Set(shown.map((point) => point.series))];
  return {
    id,
    title,
    caption: `${caption} Lines are 95 % intervals; hollow: projected, not measured; n = ${shown.length} points.${left}`,
    svg: drawing(size.width, size.height, title, [
      ...series.flatMap((name, index) => [
        element('circle', { cx: size.left + 6 + 130 * index, cy: 14, r: 4.5, fill: colourAt(index) }),
        label(size.left + 16 + 130 * index, 18, name),
      ]),
      ...axisBelow(plot, { scale: across, ticks: ticks(...domainX, 8), title: axes[0], lines: true }),
      ...axisLeft(plot, { scale: up, ticks: ticks(...domainY, 6) }),
      label(size.left, size.top - 8, axes[1], { class: 'quiet' }),
      ...shown.flatMap((point) => drawn(point, colourAt(series.indexOf(point.series)), scales)),
    ]),
  };
}
