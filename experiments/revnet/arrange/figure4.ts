/** Figure 4, left: a table of fifths of the training beside the printed ones, and the curves. */
import { stringify } from 'csv-stringify/sync';
import { axisBelow, axisLeft, type Plot } from '../../../harness/core/drawing/axes.js';
import {
  colourAt,
  drawing,
  element,
  label,
  linear,
  logarithmic,
  type Figure,
  type Scale,
} from '../../../harness/core/drawing/svg.js';
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { head, plain, type Cell, type TableModel } from '../../../harness/report/model.js';
import type { PaperFigure } from '../../../harness/report/paper.js';
import { reductionText } from '../../../harness/report/words.js';
import { printed } from '../printed.js';
import { angleRunsOf, fifthsOf, type AngleRun, type Fifth } from './gradient-angle.js';

/** Two digits that tell: angles of small networks are thousandths of a degree. */
const degrees = (value: number): string => (value >= 0.1 ? value.toFixed(2) : value.toPrecision(2));
const fifthText = (fifth: Fifth | null | undefined): Cell =>
  plain(fifth ? `${degrees(fifth.mean)} (${degrees(fifth.low)} to ${degrees(fifth.high)})` : '');

export const figure4Arrangement: Arrange = ({ places }) => {
  const runs = angleRunsOf(places);
  const { fifths } = printed().figure4;
  return {
    heads: ['Fifth of the training'],
    columns: [
      { group: 'RevNet-164 on CIFAR-10', label: 'printed', protocol: null },
      ...runs.map(({ title }) => ({ group: title, label: 'ours', protocol: null })),
    ],
    blocks: [
      {
        title: 'Mean angle (lowest to highest), degrees',
        rows: fifths.map((fifth, index) => ({
          heads: [head(['first', 'second', 'third', 'fourth', 'fifth'][index] ?? '')],
          cells: [fifthText(fifth), ...runs.map((run) => fifthText(fifthsOf(run)[index]))],
        })),
      },
    ],
    metrics: [],
    bold: false,
  };
};

/** Under the table: what was made smaller, and how the printed numbers were read. */
export function figure4Remarks(runs: readonly AngleRun[]): string[] {
  return [
    ...runs.flatMap(({ title, shrunk }) =>
      shrunk.length === 0 ? [] : [`${title} is of reduced scale: ${shrunk.map(reductionText).join('; ')}.`],
    ),
    `Printed: ${printed().figure4.note}`,
    ...(runs.length === 0 ? ['Nothing has been trained yet that tells of its gradients.'] : []),
  ];
}

const size = { width: 380, height: 230, left: 58, top: 64, bottom: 46, gap: 36 };

const powers = (low: number, high: number): number[] => {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first) / 6));
  // Within a decade or two, steps between its powers.
  if (last - first < 2) {
    const between = Array.from({ length: last - first + 3 }, (_, index) => 10 ** (first - 1 + index));
    return between.flatMap((power) => [power, 2 * power, 5 * power]).filter((value) => value >= low && value <= high);
  }
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
    .filter((power) => (power - first) % every === 0)
    .map((power) => 10 ** power);
};

const powerText = (value: number): string => (value >= 0.01 && value <= 100 ? String(value) : value.toExponential(0));

interface Frame {
  readonly plot: Plot;
  readonly y: Scale;
  /** All but the axis below. */
  readonly drawn: readonly string[];
}

function frame(index: number, values: readonly number[], title: string): Frame {
  const left = size.left + index * (size.width + size.gap);
  const plot = { left, right: left + size.width - size.left, top: size.top, bottom: size.top + size.height };
  const range = [Math.min(...values) / 1.6, Math.max(...values) * 1.6] as const;
  const y = logarithmic(range, [plot.bottom, plot.top]);
  const drawn = [
    label(left, size.top - 10, title, { class: 'head' }),
    ...axisLeft(plot, { scale: y, ticks: powers(...range), text: powerText }),
  ];
  return { plot, y, drawn };
}

const polyline = (points: readonly (readonly [number, number])[], colour: string, name: string): string =>
  element(
    'polyline',
    {
      points: points.map(([across, down]) => `${across.toFixed(1)},${down.toFixed(1)}`).join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 1.6,
    },
    element('title', {}, name),
  );

/** Zero has no logarithm: such a look says that the gradients were equal in every bit that counts. */
const isDrawn = (value: number): boolean => value > 0;

function angles(runs: readonly AngleRun[]): string[] {
  const { fifths } = printed().figure4;
  const values = [
    ...fifths.flatMap(({ low, high }) => [low, high]),
    ...runs.flatMap(({ points }) => points.map((point) => point.degrees)).filter(isDrawn),
  ];
  const { plot, drawn, y } = frame(0, values, 'angle between gradients, degrees');
  const x = linear([0, 1], [plot.left, plot.right]);
  return [
    ...drawn,
    ...axisBelow(plot, {
      scale: x,
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      text: (share) => `${Math.round(100 * share)} %`,
      title: 'of the training',
    }),
    ...fifths.flatMap(({ mean, low, high }, index) => [
      element('rect', {
        x: x(index / 5) + 1,
        y: y(high),
        width: x(0.2) - x(0) - 2,
        height: y(low) - y(high),
        fill: colourAt(0),
        'fill-opacity': '0.18',
      }),
      element('line', {
        x1: x(index / 5) + 1,
        x2: x((index + 1) / 5) - 1,
        y1: y(mean),
        y2: y(mean),
        stroke: colourAt(0),
        'stroke-width': 2,
      }),
    ]),
    ...runs.map(({ points, steps, title }, index) =>
      polyline(
        points
          .filter((point) => isDrawn(point.degrees))
          .map((point) => [x(point.step / steps), y(point.degrees)] as const),
        colourAt(index + 1),
        title,
      ),
    ),
  ];
}

/** Labels at least a line apart, from the top. */
function apart<Label extends { readonly down: number }>(labels: readonly Label[]): Label[] {
  let last = -Infinity;
  return labels
    .toSorted((a, b) => a.down - b.down)
    .map((own) => {
      last = Math.max(own.down, last + 13);
      return { ...own, down: last };
    });
}

/** The first look and the last one of each training, a line a stage. */
function rebuilt(runs: readonly AngleRun[]): string[] {
  const lines = runs.flatMap((run, index) => {
    const [first, last] = [run.rebuilt[0], run.rebuilt.at(-1)];
    return [first, last].flatMap((look, which) =>
      look === undefined
        ? []
        : [...look.stages].map(([stage, points]) => ({
            name: `${run.title}, stage ${stage}, after ${look.step} steps`,
            colour: colourAt(index + 1),
            dashed: which === 0,
            stage,
            points: points.filter(({ distance }) => isDrawn(distance)),
          })),
    );
  });
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) return [];
  const { plot, drawn, y } = frame(
    1,
    all.map(({ distance }) => distance),
    'distance of rebuilt inputs, share',
  );
  const most = Math.max(...all.map(({ units }) => units));
  const x = linear([0.8, most + 0.4], [plot.left, plot.right]);
  const every = Math.max(1, Math.ceil(most / 9));
  return [
    ...drawn,
    ...axisBelow(plot, {
      scale: x,
      ticks: Array.from({ length: most }, (_, index) => index + 1).filter((units) => units % every === 0),
      title: 'units inverted, from the end of a stage',
    }),
    ...lines.flatMap(({ name, colour, dashed, points }) => {
      return [
        element(
          'g',
          dashed ? { 'stroke-dasharray': '5 3' } : {},
          polyline(
            points.map(({ units, distance }) => [x(units), y(distance)] as const),
            colour,
            name,
          ),
        ),
        ...points.map(({ units, distance }) =>
          element('circle', { cx: x(units), cy: y(distance), r: 2.6, fill: colour }, element('title', {}, name)),
        ),
      ];
    }),
    ...apart(
      lines.flatMap(({ points, dashed, stage }) => {
        const end = points.at(-1);
        return end === undefined || dashed
          ? []
          : [{ text: `stage ${stage}`, across: x(end.units) + 6, down: y(end.distance) + 4 }];
      }),
    ).map(({ text, across, down }) => label(across, down, text, { class: 'quiet' })),
  ];
}

const legend = (runs: readonly AngleRun[]): string[] =>
  ['printed: RevNet-164 on CIFAR-10, fifths', ...runs.map(({ title }) => `ours: ${title}`)].flatMap((name, index) => [
    element('circle', { cx: size.left + 4, cy: 12 + 17 * index, r: 4, fill: colourAt(index) }),
    label(size.left + 14, 16 + 17 * index, name),
  ]);

const title = 'Gradients from stored and from rebuilt activations';

export const figure4: PaperFigure = {
  table: 'figure4',
  draw: ({ places }: TableModel): Figure => {
    const runs = angleRunsOf(places);
    return {
      id: 'figure4',
      title,
      svg:
        runs.length === 0
          ? null
          : drawing(2 * (size.width + size.gap), size.top + size.height + size.bottom, title, [
              ...legend(runs),
              ...angles(runs),
              ...rebuilt(runs),
            ]),
      caption:
        runs.length === 0
          ? 'Nothing has been trained yet that tells of its gradients.'
          : `Left: boxes are the printed lowest to highest of each fifth, with its mean. ${figure4Remarks(runs).join(' ')} Right: how far the input of each unit, rebuilt from the end of its stage, is from the stored one, as a share of its length; dashed at the first look, solid at the last.`,
    };
  },
  csv: ({ places }) =>
    stringify([
      ['network', 'step', 'quantity', 'value', 'job'],
      ...angleRunsOf(places).flatMap(({ title: network, points, rebuilt: looks, job }) => [
        ...points.map((point) => [network, point.step, 'angle, degrees', point.degrees, job]),
        ...looks.flatMap(({ step, stages }) =>
          [...stages].flatMap(([stage, own]) =>
            own.map(({ units, distance }) => [
              network,
              step,
              `distance of the rebuilt input, stage ${stage}, ${units} units inverted`,
              distance,
              job,
            ]),
          ),
        ),
      ]),
    ]),
};
