/** Panels of lines side by side on one scale: numbers by position, a line a series, with their intervals. */
import { axisBelow, axisLeft } from '../../core/drawing/axes.js';
import { colourAt, drawing, element, label, line, linear, logarithmic, ticks } from '../../core/drawing/svg.js';
import type { Interval } from '../../core/statistics.js';

export interface PanelPoint {
  readonly x: number;
  readonly value: number;
  readonly interval: Interval | null;
}

export interface PanelSeries {
  readonly name: string;
  readonly points: readonly PanelPoint[];
}

export interface Panel {
  readonly title: string;
  readonly series: readonly PanelSeries[];
}

export interface PanelsStyle {
  readonly title: string;
  /** Under each panel: what is drawn against what. Upwards nothing where panels differ in it and say it themselves. */
  readonly axes: readonly [across: string, up: string];
  readonly scale: 'linear' | 'logarithmic';
  /** A horizontal line, with a word on what it is. */
  readonly mark?: { readonly value: number; readonly name: string };
  readonly across?: number;
  /** Each panel has an own scale: they show different quantities. */
  readonly ownScales?: boolean;
}

const cell = { width: 330, height: 240, left: 54, right: 14, top: 30, bottom: 46 };
const legendRow = 18;

/** Names of series in the order in which they first appear. */
const namesOf = (panels: readonly Panel[]): string[] => [
  ...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name))),
];

function legend(names: readonly string[], perRow: number, width: number): string[] {
  return names.flatMap((name, index) => {
    const left = 12 + (index % perRow) * (width / perRow);
    const y = 14 + Math.floor(index / perRow) * legendRow;
    const stroke = { x1: left, y1: y - 4, x2: left + 20, y2: y - 4, stroke: colourAt(index), 'stroke-width': 2 };
    return [element('line', { ...stroke, 'stroke-dasharray': dashOf(index) }), label(left + 26, y, name)];
  });
}

/** Colours repeat after six; dashes then tell series apart. */
const dashOf = (index: number): string => (index < 6 ? '' : '5 3');

/** Round numbers on a logarithmic axis: powers of ten, with 2 and 5 where there are few. */
function logarithmicTicks(low: number, high: number): number[] {
  const exponents = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  const within = (values: readonly number[]): number[] =>
    values.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  const powers = within(exponents.map((exponent) => 10 ** exponent));
  return powers.length > 2 ? powers : within(exponents.flatMap((exponent) => [1, 2, 5].map((f) => f * 10 ** exponent)));
}

/** `0.05`, `1e−5`. */
function tickText(value: number): string {
  const digits = Number(value.toPrecision(6));
  const text = digits !== 0 && Math.abs(digits) < 0.001 ? digits.toExponential() : String(digits);
  return text.replaceAll('-', '−');
}

/** What the numbers of panels, their intervals and the mark lie between. */
function rangeOf(panels: readonly Panel[], { scale, mark }: PanelsStyle): readonly [number, number] {
  const isLogarithmic = scale === 'logarithmic';
  const points = panels.flatMap(({ series: own }) => own.flatMap((one) => one.points));
  const ends = points.flatMap(({ value, interval }) => [value, interval?.low ?? value, interval?.high ?? value]);
  const shown = [...ends, ...(mark ? [mark.value] : [])].filter((end) => !isLogarithmic || end > 0);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  return isLogarithmic ? [least / 1.15, most * 1.15] : [Math.min(0, least * 1.08), Math.max(0, most * 1.08)];
}

/** The drawing; null where there is no point. */
export function drawPanels(panels: readonly Panel[], style: PanelsStyle): string | null {
  if (panels.every(({ series: own }) => own.every(({ points }) => points.length === 0))) return null;
  const isLogarithmic = style.scale === 'logarithmic';
  const shared = rangeOf(panels, style);
  const [across, up] = style.axes;
  const axes = up === '' ? across : `${up}, by ${across}`;

  const names = namesOf(panels);
  const columns = Math.min(style.across ?? 3, panels.length);
  const width = Math.max(columns * cell.width, 480);
  const perRow = Math.max(1, Math.floor(width / (40 + 7 * Math.max(...names.map(({ length }) => length)))));
  const legendHeight = 10 + Math.ceil(names.length / perRow) * legendRow;

  const drawn = panels.flatMap((panel, index) => {
    const left = (index % columns) * cell.width + cell.left;
    const top = legendHeight + Math.floor(index / columns) * cell.height + cell.top;
    const right = left + cell.width - cell.left - cell.right;
    const bottom = top + cell.height - cell.top - cell.bottom;
    const plot = { left, right, top, bottom };
    const positions = panel.series.flatMap((own) => own.points.map(({ x }) => x));
    const [low, high] = style.ownScales === true ? rangeOf([panel], style) : shared;
    const [from, to] = [Math.min(...positions), Math.max(...positions)];
    const pad = from === to ? 0.5 : (to - from) * 0.03;
    const x = linear([from - pad, to + pad], [left, right]);
    const y = (isLogarithmic ? logarithmic : linear)([low, high], [bottom, top]);
    const inside = (value: number): number =>
      Math.min(bottom, Math.max(top, y(Math.max(value, isLogarithmic ? low : value))));
    const yTicks = isLogarithmic ? logarithmicTicks(low, high) : ticks(low, high);
    return [
      label(left, top - 12, panel.title, { class: 'head' }),
      ...axisLeft(plot, { scale: y, ticks: yTicks, text: tickText }),
      ...(style.mark
        ? [
            line(left, y(style.mark.value), right, y(style.mark.value), 'zero'),
            label(left + 4, y(style.mark.value) - 5, style.mark.name, { class: 'quiet' }),
          ]
        : []),
      ...(low < 0 && !isLogarithmic ? [line(left, y(0), right, y(0), 'axis')] : []),
      ...axisBelow(plot, {
        scale: x,
        ticks: ticks(from, to, 8).filter((value) => Number.isInteger(value)),
        title: axes,
      }),
      ...panel.series.flatMap((own) => series(own, names.indexOf(own.name), x, inside)),
    ];
  });
  const rows = Math.ceil(panels.length / columns);
  return drawing(width, legendHeight + rows * cell.height, style.title, [...legend(names, perRow, width), ...drawn]);
}

function series(
  { points }: PanelSeries,
  index: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string[] {
  const stroke = colourAt(index);
  const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.value).toFixed(1)}`).join(' ');
  return [
    ...points.flatMap(({ x: at, interval }) =>
      interval === null
        ? []
        : [
            element('line', {
              x1: x(at),
              x2: x(at),
              y1: y(interval.low),
              y2: y(interval.high),
              stroke,
              'stroke-width': 1,
            }),
          ],
    ),
    element('polyline', { points: path, fill: 'none', stroke, 'stroke-width': 1.5, 'stroke-dasharray': dashOf(index) }),
    ...points.map((point) => element('circle', { cx: x(point.x), cy: y(point.value), r: 2.5, fill: stroke })),
  ];
}
