/** Error against epoch: the curves of every network that was trained, a panel a group of networks that are compared. */
import { stringify } from 'csv-stringify/sync';
import { axisBelow, axisLeft } from '../../core/drawing/axes.js';
import { colourAt, drawing, element, label, linear, thinned, ticks, type Figure } from '../../core/drawing/svg.js';
import { datasetFacts, type DatasetName } from '../../plan/dataset-facts.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { groupBy } from '../groups.js';
import { hasProtocolColumns, type TableModel } from '../model.js';
import { inertField } from '../render/inert-field.js';
import type { NetworkSeries, SeriesOfNetwork } from './series.js';

export interface Curve extends SeriesOfNetwork {
  /** Id of the training. */
  readonly job: string;
  /** Of the network that was really trained. */
  readonly name: string;
  readonly protocol: string;
  readonly dataset: DatasetName;
  /** Position among the seeds. */
  readonly seed: number;
  readonly points: readonly { readonly epoch: number; readonly errorPct: number }[];
}

/** One curve a finished seed, each training once however many places show it. */
export function curvesOf(
  places: readonly EvaluatedEntry[],
  metric: 'errorPct' | 'top5ErrorPct',
  series: NetworkSeries,
): Curve[] {
  const curves = new Map<string, Curve>();
  for (const { entry, runs } of places) {
    if (entry.error.skipped) continue;
    const { network, dataset } = entry.error;
    runs.forEach(({ id: job, evaluations }, seed) => {
      const points = evaluations.map((evaluation) => ({ epoch: evaluation.epoch, errorPct: evaluation[metric] }));
      const shared = { job, name: network.label, protocol: entry.protocol, dataset, seed, points };
      if (points.length > 0) curves.set(job, { ...series.of(network), ...shared });
    });
  }
  return [...curves.values()];
}

const indexOf = ({ series }: Curve, names: readonly string[]): number => Math.max(0, names.indexOf(series));
const dashes = '6 3';

const cell = { width: 316, height: 236, left: 44, right: 12, top: 30, bottom: 44, across: 3 };
const legendHeight = 30;

/** So few evaluations are marked one by one. */
const fewPoints = 10;

interface Place {
  readonly left: number;
  readonly top: number;
}

/** One panel: the networks of one group under one protocol, each over what it is compared with. */
function panel(
  curves: readonly Curve[],
  title: string,
  { left, top }: Place,
  most: number,
  names: readonly string[],
): string[] {
  const all = curves.flatMap(({ points }) => points);
  const lastEpoch = Math.max(...all.map(({ epoch }) => epoch));
  const highest = Math.max(...all.map(({ errorPct }) => errorPct)) * 1.05;
  const right = left + cell.width - cell.right;
  const bottom = top + cell.height - cell.bottom;
  const plot = { left: left + cell.left, right, top: top + cell.top, bottom };
  const x = linear([0, lastEpoch], [plot.left, right]);
  const y = linear([0, highest], [bottom, plot.top]);
  const lines = [...curves]
    .sort((a, b) => indexOf(a, names) - indexOf(b, names))
    .flatMap((curve) => {
      const colour = colourAt(indexOf(curve, names));
      const points = thinned(curve.points, most);
      const drawn = element('polyline', {
        points: points.map(({ epoch, errorPct }) => `${x(epoch).toFixed(1)},${y(errorPct).toFixed(1)}`).join(' '),
        fill: 'none',
        stroke: colour,
        'stroke-width': 1.5,
        'stroke-dasharray': curve.dashed === null ? '' : dashes,
      });
      // A line through one evaluation cannot be seen.
      const marks = points.length > fewPoints ? [] : points;
      return [
        drawn,
        ...marks.map(({ epoch, errorPct }) =>
          element('circle', { cx: x(epoch), cy: y(errorPct), r: 3.5, fill: colour, 'fill-opacity': '0.75' }),
        ),
      ];
    });
  return [
    label(left + cell.left, top + 16, title, { class: 'head' }),
    ...axisLeft(plot, { scale: y, ticks: ticks(0, highest) }),
    ...axisBelow(plot, { scale: x, ticks: ticks(0, lastEpoch, 4) }),
    ...lines,
  ];
}

function legend(curves: readonly Curve[], names: readonly string[]): string[] {
  const solid = names.flatMap((name, index) =>
    curves.some(({ series }) => series === name) ? [{ name, stroke: colourAt(index), dash: '' }] : [],
  );
  const meanings = new Set(curves.flatMap(({ dashed }) => dashed ?? []));
  const dashed = [...meanings].map((meaning) => ({
    name: `dashed: ${meaning}`,
    stroke: 'var(--ink,#222)',
    dash: dashes,
  }));
  return [...solid, ...dashed].flatMap(({ name, stroke, dash }, index) => {
    const at = cell.left + index * 118;
    const drawn = { x1: at, y1: 12, x2: at + 24, y2: 12, stroke, 'stroke-width': 2, 'stroke-dasharray': dash };
    return [element('line', drawn), label(at + 30, 16, name)];
  });
}

/** @param names of the series, in the order of the legend */
export function drawCurves(curves: readonly Curve[], title: string, unit: string, names: readonly string[]): string {
  const panels = [...groupBy(curves, ({ dataset, group, protocol }) => [dataset, group, protocol].join('|')).values()];
  const rows = Math.ceil(panels.length / cell.across);
  const width = cell.width * Math.min(cell.across, panels.length);
  // All curves together stay within a few thousand points, so that the page stays small.
  const most = Math.round(Math.min(160, Math.max(32, 9000 / curves.length)));
  const drawn = panels.flatMap((members, index) => {
    const [first] = members;
    const heading = first ? `${first.group}, ${datasetFacts[first.dataset].title}` : '';
    const left = (index % cell.across) * cell.width;
    const top = legendHeight + Math.floor(index / cell.across) * cell.height;
    return [
      ...panel(members, heading, { left, top }, most, names),
      label(left + cell.width - cell.right, top + cell.height - 10, `${first?.protocol ?? ''}; ${unit} against epoch`, {
        'text-anchor': 'end',
        class: 'quiet',
      }),
    ];
  });
  return drawing(Math.max(width, 480), legendHeight + rows * cell.height, title, [...legend(curves, names), ...drawn]);
}

/** `3 trainings, 2 networks`. */
export const countedCurves = (curves: readonly Curve[]): string =>
  `${curves.length} ${curves.length === 1 ? 'training' : 'trainings'}, ${[...new Set(curves.map(({ name }) => name))].length} networks`;

/** Curves of all trained networks of the tables. @param drawn tables that have figures of their own */
export function errorCurves(
  models: readonly TableModel[],
  series: NetworkSeries,
  drawn: ReadonlySet<string>,
): Figure | null {
  const places = models
    .filter((model) => !drawn.has(model.id) && hasProtocolColumns(model))
    .flatMap((model) => model.places);
  const curves = curvesOf(places, 'errorPct', series);
  if (curves.length === 0) return null;
  const title = 'Validation error during training';
  return {
    id: 'error-curves',
    title,
    svg: drawCurves(curves, title, 'error %', series.names),
    caption: `Top-1 error in percent of the validation images at each evaluation, a panel a group of networks, data set and protocol; all seeds drawn; n = ${countedCurves(curves)}. The networks named are the ones really trained.`,
  };
}

/** The points of curves, one a row; full digits. @param column name of the error's column */
export function curvesCsv(curves: readonly Curve[], column: string): string {
  const rows = curves.flatMap(({ job, name, protocol, dataset, seed, points }) =>
    points.map(({ epoch, errorPct }) => [job, inertField(name), inertField(protocol), dataset, seed, epoch, errorPct]),
  );
  return stringify([['job', 'network', 'protocol', 'dataset', 'seed', 'epoch', column], ...rows]);
}
