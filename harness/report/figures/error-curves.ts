/** Error against epoch: Figure 2, and the curves of every other network that was trained. */
import { stringify } from 'csv-stringify/sync';
import { depthOf, labelOf } from '../../../experiments/warpnet/model/specification.js';
import { groupBy } from '../arrange/parts.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { hasProtocolColumns, type TableModel } from '../model.js';
import { datasetTitle } from '../evaluate/names.js';
import { inertField } from '../render/csv.js';
import { colourAt, drawing, element, label, line, linear, thinned, ticks, type Figure } from '../../core/drawing/svg.js';

export interface Curve {
  readonly name: string;
  readonly protocol: string;
  readonly family: string;
  /** `13-1`: depth and width. */
  readonly size: string;
  /** Null for a WRN. */
  readonly K: number | null;
  readonly dataset: string;
  readonly seed: number;
  readonly points: readonly { readonly epoch: number; readonly errorPct: number }[];
}

/** One curve a finished seed, each training once however many places show it. */
export function curvesOf(places: readonly EvaluatedEntry[], metric: 'errorPct' | 'top5ErrorPct'): Curve[] {
  const curves = new Map<string, Curve>();
  for (const { entry, runs } of places) {
    if (entry.error.skipped) continue;
    const { network, dataset } = entry.error;
    runs.forEach((run, seed) => {
      const points = run.evaluations.map((evaluation) => ({ epoch: evaluation.epoch, errorPct: evaluation[metric] }));
      const name = labelOf(network);
      const size = `${depthOf(network)}-${network.kw}`;
      const K = network.family === 'wrn' ? null : network.K;
      const { family } = network;
      if (points.length > 0)
        curves.set(run.id, { name, protocol: entry.protocol, family, size, K, dataset, seed, points });
    });
  }
  return [...curves.values()];
}

/** WRN first, so that it is drawn below what is compared with it. */
const families = ['wrn', 'warpnet1', 'warpnet2'];
const familyNames = ['WRN', 'WarpNet1', 'WarpNet2'];
const colourOf = ({ family }: Curve): string => colourAt(Math.max(0, families.indexOf(family)));
const dashOf = ({ K }: Curve): string => (K === 3 ? '6 3' : '');

const cell = { width: 316, height: 236, left: 44, right: 12, top: 30, bottom: 44, across: 3 };
const legendHeight = 30;

/** So few evaluations are marked one by one. */
const fewPoints = 10;

/** One panel: the networks of one size under one protocol, so that a WarpNet lies over its own WRN. */
function panel(curves: readonly Curve[], title: string, left: number, top: number, most: number): string[] {
  const all = curves.flatMap(({ points }) => points);
  const lastEpoch = Math.max(...all.map(({ epoch }) => epoch));
  const highest = Math.max(...all.map(({ errorPct }) => errorPct)) * 1.05;
  const right = left + cell.width - cell.right;
  const bottom = top + cell.height - cell.bottom;
  const x = linear([0, lastEpoch], [left + cell.left, right]);
  const y = linear([0, highest], [bottom, top + cell.top]);
  const lines = [...curves]
    .sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family))
    .flatMap((curve) => {
      const points = thinned(curve.points, most);
      const drawn = element('polyline', {
        points: points.map(({ epoch, errorPct }) => `${x(epoch).toFixed(1)},${y(errorPct).toFixed(1)}`).join(' '),
        fill: 'none',
        stroke: colourOf(curve),
        'stroke-width': 1.5,
        'stroke-dasharray': dashOf(curve),
      });
      // A line through one evaluation cannot be seen.
      const marks = points.length > fewPoints ? [] : points;
      return [
        drawn,
        ...marks.map(({ epoch, errorPct }) =>
          element('circle', { cx: x(epoch), cy: y(errorPct), r: 3.5, fill: colourOf(curve), 'fill-opacity': '0.75' }),
        ),
      ];
    });
  return [
    label(left + cell.left, top + 16, title, { class: 'head' }),
    ...ticks(0, highest).flatMap((value) => [
      line(left + cell.left, y(value), right, y(value), 'grid'),
      label(left + cell.left - 7, y(value) + 4, String(value), { 'text-anchor': 'end', class: 'quiet' }),
    ]),
    ...ticks(0, lastEpoch, 4).map((value) =>
      label(x(value), bottom + 16, String(value), { 'text-anchor': 'middle', class: 'quiet' }),
    ),
    line(left + cell.left, bottom, right, bottom, 'axis'),
    ...lines,
  ];
}

function legend(curves: readonly Curve[]): string[] {
  const present = families.filter((family) => curves.some((curve) => curve.family === family));
  const entries = present.map((family) => ({
    name: familyNames[families.indexOf(family)] ?? family,
    stroke: colourAt(families.indexOf(family)),
    dash: '',
  }));
  const dashed = curves.some(({ K }) => K === 3)
    ? [{ name: 'dashed: K = 3', stroke: 'var(--ink,#222)', dash: '6 3' }]
    : [];
  return [...entries, ...dashed].flatMap(({ name, stroke, dash }, index) => {
    const at = cell.left + index * 118;
    const drawn = { x1: at, y1: 12, x2: at + 24, y2: 12, stroke, 'stroke-width': 2, 'stroke-dasharray': dash };
    return [element('line', drawn), label(at + 30, 16, name)];
  });
}

function draw(curves: readonly Curve[], title: string, unit: string): string {
  const panels = [...groupBy(curves, ({ dataset, size, protocol }) => [dataset, size, protocol].join('|')).values()];
  const rows = Math.ceil(panels.length / cell.across);
  const width = cell.width * Math.min(cell.across, panels.length);
  // All curves together stay within a few thousand points, so that the page stays small.
  const most = Math.round(Math.min(160, Math.max(32, 9000 / curves.length)));
  const drawn = panels.flatMap((members, index) => {
    const [first] = members;
    const heading = `${first?.size ?? ''}, ${datasetTitle(first?.dataset ?? '')}`;
    const left = (index % cell.across) * cell.width;
    const top = legendHeight + Math.floor(index / cell.across) * cell.height;
    return [
      ...panel(members, heading, left, top, most),
      label(left + cell.width - cell.right, top + cell.height - 10, `${first?.protocol ?? ''}; ${unit} against epoch`, {
        'text-anchor': 'end',
        class: 'quiet',
      }),
    ];
  });
  return drawing(Math.max(width, 480), legendHeight + rows * cell.height, title, [...legend(curves), ...drawn]);
}

const counted = (curves: readonly Curve[]): string =>
  `${curves.length} ${curves.length === 1 ? 'training' : 'trainings'}, ${[...new Set(curves.map(({ name }) => name))].length} networks`;

/** Figure 2 from the runs of its own plan. */
export function figure2(model: TableModel | undefined): Figure | null {
  if (!model) return null;
  const curves = curvesOf(model.places, 'top5ErrorPct');
  const reasons = [...new Set(model.places.flatMap(({ top5 }) => top5.notes))];
  const own = 'The printed curves have no numbers to draw beside ours.';
  const title = 'Figure 2: top-5 validation error against epoch';
  if (curves.length === 0)
    return { id: 'figure2', title, svg: null, caption: `Nothing to draw yet. ${reasons.join(' ')}` };
  return {
    id: 'figure2',
    title,
    svg: draw(curves, title, 'top-5 error %'),
    caption: `Top-5 error in percent of the validation images, after each evaluated epoch; n = ${counted(curves)}. ${own}`,
  };
}

/** Curves of all trained networks of the tables. */
export function errorCurves(models: readonly TableModel[]): Figure | null {
  const places = models
    .filter((model) => model.id !== 'figure2' && hasProtocolColumns(model))
    .flatMap((model) => model.places);
  const curves = curvesOf(places, 'errorPct');
  if (curves.length === 0) return null;
  const title = 'Validation error during training';
  return {
    id: 'error-curves',
    title,
    svg: draw(curves, title, 'error %'),
    caption: `Top-1 error in percent of the validation images at each evaluation, a panel a network size (depth-width), data set and protocol; all seeds drawn; n = ${counted(curves)}. The networks named are the ones really trained.`,
  };
}

/** The points of Figure 2, one a row; full digits. */
export function curvesCsv(model: TableModel): string {
  const rows = curvesOf(model.places, 'top5ErrorPct').flatMap(({ name, protocol, dataset, seed, points }) =>
    points.map(({ epoch, errorPct }) => [name, inertField(protocol), dataset, seed, epoch, errorPct]),
  );
  return stringify([['network', 'protocol', 'dataset', 'seed', 'epoch', 'top5_error_pct'], ...rows]);
}
