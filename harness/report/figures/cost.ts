/** Error against what it cost: training time, and parameters. */
import { fixed } from '../evaluate/digits.js';
import type { TableModel } from '../model.js';
import { datasetFacts, type DatasetName } from '../../plan/dataset-facts.js';
import { axisBelow, axisLeft } from '../../core/drawing/axes.js';
import {
  colourAt,
  drawing,
  element,
  label,
  linear,
  logarithmic,
  ticks,
  type Figure,
  type Scale,
} from '../../core/drawing/svg.js';
import type { NetworkSeries } from './series.js';

interface Dot {
  readonly name: string;
  /** Position of its series. */
  readonly series: number;
  readonly dataset: DatasetName;
  readonly errorPct: number;
  /** Minutes. */
  readonly minutes: number;
  readonly parameters: number;
}

const panel = { width: 350, height: 270, left: 50, top: 44, bottom: 50, gap: 30 };

function dotsOf(models: readonly TableModel[], { names, of }: NetworkSeries): Dot[] {
  const dots = new Map<string, Dot>();
  for (const { entry, runs } of models.flatMap(({ places }) => places)) {
    if (entry.error.skipped) continue;
    const { network, dataset } = entry.error;
    for (const run of runs) {
      const { last, wallSeconds, parameters } = run;
      const cost = { minutes: wallSeconds / 60, parameters };
      const series = Math.max(0, names.indexOf(of(network).series));
      dots.set(run.id, { name: network.label, series, dataset, errorPct: last.errorPct, ...cost });
    }
  }
  return [...dots.values()];
}

/** A square, a disc, a triangle, and so on: shape and colour say the same. */
function shape(series: number, x: number, y: number, title: string): string {
  const paint = { fill: colourAt(series), 'fill-opacity': '0.75' };
  const name = element('title', {}, title);
  switch (series % 3) {
    case 0:
      return element('rect', { x: x - 4, y: y - 4, width: 8, height: 8, ...paint }, name);
    case 1:
      return element('circle', { cx: x, cy: y, r: 4.5, ...paint }, name);
    default: {
      const corners = [
        [x, y - 5],
        [x + 5, y + 4],
        [x - 5, y + 4],
      ].map(([across = 0, down = 0]) => `${across.toFixed(1)},${down.toFixed(1)}`);
      return element('polygon', { points: corners.join(' '), ...paint }, name);
    }
  }
}

function decades(low: number, high: number): number[] {
  const all = Array.from({ length: 40 }, (_, index) => 10 ** (Math.floor(Math.log10(low)) + index)).flatMap((base) => [
    base,
    2 * base,
    5 * base,
  ]);
  const inside = all.filter((value) => value >= low && value <= high);
  return inside.length > 5 ? inside.filter((value) => /^1/u.test(value.toExponential())) : inside;
}

const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(Number(value.toPrecision(2)));

function scatter(
  dots: readonly Dot[],
  of: (dot: Dot) => number,
  title: string,
  left: number,
  y: Scale,
  errors: readonly number[],
): string[] {
  const values = dots.map(of).filter((value) => value > 0);
  const range = [Math.min(...values) / 1.3, Math.max(...values) * 1.3] as const;
  const plot = {
    ...{ left: left + panel.left, right: left + panel.width - 12 },
    ...{ top: panel.top, bottom: panel.height - panel.bottom },
  };
  const x = logarithmic(range, [plot.left, plot.right]);
  return [
    ...axisLeft(plot, { scale: y, ticks: errors }),
    ...axisBelow(plot, { scale: x, ticks: decades(...range), text: short, title }),
    ...dots.map((dot) =>
      shape(dot.series, x(of(dot)), y(dot.errorPct), `${dot.name}: ${fixed(dot.errorPct, 2)} %, ${short(of(dot))}`),
    ),
  ];
}

/** Null where nothing was trained. Data sets do not share an axis of errors, so the one with most trainings is drawn. */
export function errorAgainstCost(models: readonly TableModel[], series: NetworkSeries): Figure | null {
  const all = dotsOf(models, series);
  const counts = new Map<DatasetName, number>();
  for (const { dataset } of all) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
  const [dataset] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const dots = all.filter((dot) => dot.dataset === dataset);
  if (dataset === undefined || dots.length === 0) return null;
  const errors = dots.map(({ errorPct }) => errorPct);
  const spread = Math.max(1, Math.max(...errors) - Math.min(...errors));
  const range = [Math.max(0, Math.min(...errors) - spread * 0.15), Math.max(...errors) + spread * 0.15] as const;
  const y = linear(range, [panel.height - panel.bottom, panel.top]);
  const marks = ticks(range[0], range[1]);
  const title = 'Error against training time and parameters';
  return {
    id: 'error-cost',
    title,
    svg: drawing(2 * panel.width + panel.gap, panel.height, title, [
      ...series.names.flatMap((name, index) => [
        shape(index, panel.left + 8 + index * 96, 12, name),
        label(panel.left + 18 + index * 96, 16, name),
      ]),
      label(panel.left - 44, 36, 'error %', { class: 'quiet' }),
      ...scatter(dots, ({ minutes }) => minutes, 'wall time of the training, minutes', 0, y, marks),
      ...scatter(dots, ({ parameters }) => parameters, 'trainable parameters', panel.width + panel.gap, y, marks),
    ]),
    caption: `Top-1 error in percent on ${datasetFacts[dataset].title}; a mark a training, n = ${dots.length}. Wall times are of whatever device each ran on and include evaluation.`,
  };
}
