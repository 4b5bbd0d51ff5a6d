/** The mean norm of the residual branches by depth, stage by stage: whether the last network's steps are smaller than the first one's. */
import { stringify } from 'csv-stringify/sync';
import { axisBelow, axisLeft } from '../../../harness/core/drawing/axes.js';
import { colourAt, drawing, element, label, linear, ticks, type Figure } from '../../../harness/core/drawing/svg.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { TableModel } from '../../../harness/report/model.js';
import type { PaperFigure } from '../../../harness/report/paper.js';
import { normOf } from '../model/probe-names.js';
import { blocksOf } from '../model/plan.js';
import { stages } from '../model/specification.js';
import { series } from './series.js';

interface BlockNorm {
  readonly stage: number;
  /** Within its stage, from 1. */
  readonly block: number;
  /** Middle of the block in its stage, 0 … 1. */
  readonly depth: number;
  readonly norm: number;
}

interface Curve {
  readonly network: string;
  readonly series: string;
  /** Of the first seed. */
  readonly job: string;
  readonly norms: readonly BlockNorm[];
}

function curveOf({ entry: { error }, runs: [run] }: EvaluatedEntry): Curve[] {
  if (error.skipped || run?.probes === undefined) return [];
  const { network } = error;
  const { probes } = run;
  const [width, blocks] = [Number(network.specification['width']), Number(network.specification['blocks'])];
  const norms = blocksOf({ width, blocks }).flatMap(({ name, stage, index }): BlockNorm[] => {
    const norm = probes[normOf(name)];
    return norm === undefined ? [] : [{ stage, block: index, depth: (index - 0.5) / blocks, norm }];
  });
  return [{ network: network.label, series: series.of(network).series, job: run.id, norms }];
}

const curvesOf = ({ places }: TableModel): Curve[] => [
  ...new Map(places.flatMap(curveOf).map((curve) => [curve.job, curve])).values(),
];

const size = { left: 52, top: 56, stage: 230, height: 220, gap: 14, bottom: 48 };
const title = 'Norm of the residual branches by depth';

function legend(curves: readonly Curve[]): string[] {
  return curves.flatMap(({ network, series: name }, index) => {
    const at = size.left + index * 160;
    const colour = colourAt(series.names.indexOf(name));
    return [
      element('line', { x1: at, y1: 12, x2: at + 24, y2: 12, stroke: colour, 'stroke-width': 2 }),
      label(at + 30, 16, network),
    ];
  });
}

function stagePanel(curves: readonly Curve[], stage: number, highest: number): string[] {
  const left = size.left + (stage - 1) * (size.stage + size.gap);
  const [right, bottom] = [left + size.stage, size.top + size.height];
  const x = linear([0, 1], [left, right]);
  const y = linear([0, highest], [bottom, size.top]);
  const plot = { left, right, top: size.top, bottom };
  return [
    label(left, size.top - 10, `Stage ${stage}`, { class: 'head' }),
    ...axisLeft(plot, {
      ...{ scale: y, ticks: ticks(0, highest) },
      // Stages share the numbers of the first.
      ...(stage === 1 ? {} : { text: () => '' }),
    }),
    ...axisBelow(plot, { scale: x, ticks: [], title: 'first block … last block' }),
    ...curves.flatMap((curve) => {
      const colour = colourAt(series.names.indexOf(curve.series));
      const points = curve.norms.filter((norm) => norm.stage === stage);
      return [
        element('polyline', {
          points: points.map(({ depth, norm }) => `${x(depth).toFixed(1)},${y(norm).toFixed(1)}`).join(' '),
          fill: 'none',
          stroke: colour,
          'stroke-width': 1.5,
        }),
        ...points.map(({ block, depth, norm }) =>
          element(
            'circle',
            { cx: x(depth), cy: y(norm), r: 3, fill: colour },
            element('title', {}, `${curve.network}, block ${block}: ${norm.toPrecision(3)}`),
          ),
        ),
      ];
    }),
  ];
}

export const branches: PaperFigure = {
  table: 'branches',
  draw: (model): Figure => {
    const curves = curvesOf(model);
    const shared = { id: 'branches', title } as const;
    if (curves.length === 0) {
      const reasons = new Set(model.places.flatMap(({ quantity }) => quantity('error').notes));
      return { ...shared, svg: null, caption: `Nothing to draw yet. ${[...reasons].join(' ')}` };
    }
    const highest = 1.05 * Math.max(...curves.flatMap(({ norms }) => norms.map(({ norm }) => norm)));
    const width = size.left + stages * (size.stage + size.gap);
    return {
      ...shared,
      svg: drawing(width, size.top + size.height + size.bottom, title, [
        ...legend(curves),
        label(8, 34, 'norm of h F(Y)', { class: 'quiet' }),
        ...Array.from({ length: stages }, (_, stage) => stagePanel(curves, stage + 1, highest)).flat(),
      ]),
      caption: `Mean over validation images of the Euclidean norm of what a block adds to its input, h F(Y), after the last step, with running averages; a mark a block; n = ${curves.length} trainings, the first seed of each.`,
    };
  },
  csv: (model) =>
    stringify([
      ['job', 'network', 'stage', 'block', 'norm'],
      ...curvesOf(model).flatMap(({ job, network, norms }) =>
        norms.map(({ stage, block, norm }) => [job, network, stage, block, norm]),
      ),
    ]),
};
