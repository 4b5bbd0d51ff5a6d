/** "Is first order enough?" What Theorem 1 leaves of a step through K units, for every way to take `F'`. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalOf, type MetricFacts, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import { drawPanels, type Panel } from '../../../harness/report/figures/panels.js';
import { head, numbers, type Block, type Column } from '../../../harness/report/model.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { thresholds } from '../claims/thresholds.js';
import {
  cellOf,
  estimate,
  inWords,
  lastStep,
  measuredPlaces,
  placesOf,
  stepsOf,
  stepTitle,
  trainingRemarks,
} from './measured.js';
import { numbersCsv, type ListedNumber } from './numbers-csv.js';

export const remainderMetric: MetricFacts = {
  id: 'remainder',
  title: 'Remainder (% of the step)',
  short: 'remainder %',
  plural: 'Remainders',
  unit: 'percent',
  sign: '',
  better: 'lower',
  decimals: { usual: 1, most: 1 },
  sample: ['batch', 'batches'],
  summarised: false,
};

export const modes = ['frozen', 'training'] as const;
export type Mode = (typeof modes)[number];
const modeTitles: Readonly<Record<Mode, string>> = {
  frozen: 'Batch norm held still',
  training: 'Batch norm of the batch',
};

/** As the rows have it, and as a reader does. */
const expansions: readonly (readonly [variant: string, title: string])[] = [
  ['zeroth order', 'Zeroth order: F1 + … + FK'],
  ['exact', 'Theorem 1, exact F′, all terms'],
  ['exact, two factors', 'Theorem 1, exact F′, up to two factors'],
  ['exact at x1', 'F′x1, exact F′'],
  ...['R1', 'R2', 'R3', 'R4', 'released', 'port'].map((name) => [name, `WarpNet2, ${name}`] as const),
  ...['R1', 'R2', 'R3', 'R4', 'released', 'port'].map((name) => [`${name} at x1`, `WarpNet1, ${name}`] as const),
];

/** Units of a layer: `stage1/units1-2` has two. */
export function unitsOfLayer(place: string): number {
  const [, first, last] = /units(\d+)-(\d+)$/u.exec(place) ?? [];
  return Number(last) - Number(first) + 1;
}

const isOf =
  (K: number) =>
  (place: string): boolean =>
    unitsOfLayer(place) === K;

export const layerSizesOf = (place: EvaluatedEntry): number[] => [
  ...new Set(placesOf(place, 'remainder').map(unitsOfLayer)),
];

/** The remainder of an expansion in percent of the step, averaged over layers of K units. */
export const remainderOf = (place: EvaluatedEntry, K: number, mode: Mode, expansion: string, step: number): Quantity =>
  cellOf(place, remainderMetric, { quantity: 'remainder', variant: `${mode}, ${expansion}`, step, at: isOf(K) }, 100);

/** All numbers of the table, with the network and layer size that each is of. */
function rowsOf(place: EvaluatedEntry, K: number, steps: readonly number[]) {
  return expansions
    .filter(([variant]) => K > 2 || !variant.includes('two factors'))
    .map(([variant, title]) => ({
      title,
      cells: modes.flatMap((mode) =>
        steps.map((step) => ({ mode, step, quantity: remainderOf(place, K, mode, variant, step) })),
      ),
    }));
}

const stepsShown = (places: readonly EvaluatedEntry[]): number[] => {
  const steps = [...new Set(measuredPlaces(places).flatMap(stepsOf))].sort((a, b) => a - b);
  return steps.length === 0 ? [0] : steps;
};

export const remainderTable: Arrange = ({ places }) => {
  const steps = stepsShown(places);
  const columns = modes.flatMap((mode) =>
    steps.map((step): Column => ({ group: modeTitles[mode], label: stepTitle(step), protocol: null })),
  );
  const listed: ListedNumber[] = [];
  const blocks = places.flatMap((place): Block[] => {
    const sizes = layerSizesOf(place);
    if (sizes.length === 0) {
      const [first, ...others] = columns.map(() => numbers(remainderOf(place, 2, 'frozen', 'exact', 0)));
      const cells = first === undefined ? [] : [first, ...others];
      return [{ title: place.entry.label, rows: [{ heads: [head('All expansions')], cells }] }];
    }
    return sizes.map((K): Block => {
      const layers = placesOf(place, 'remainder').filter(isOf(K)).length;
      return {
        title: `${place.entry.label}, layers of K = ${K} units (${layers} of them)`,
        rows: rowsOf(place, K, steps).map(({ title, cells }) => {
          for (const { mode, step, quantity } of cells)
            listed.push({ network: place.entry.label, where: `K = ${K}`, what: title, variant: mode, step, quantity });
          return { heads: [head(title)], cells: cells.map(({ quantity }) => numbers(quantity)) };
        }),
      };
    });
  });
  return { heads: ['Expansion around x1'], columns, blocks, metrics: [], bold: false, csv: numbersCsv(listed) };
};

/** The measured network with most units: what an answer is about. */
export const deepest = (places: readonly EvaluatedEntry[]): EvaluatedEntry | undefined =>
  measuredPlaces(places).toSorted(
    (a, b) => Number(b.entry.printed?.facts['depth'] ?? 0) - Number(a.entry.printed?.facts['depth'] ?? 0),
  )[0];

const percent = (cell: Quantity): string => `${inWords(cell)} %`;

/** What first order leaves of every measured network, by the number of units of a layer. */
const bySize = (places: readonly EvaluatedEntry[]): string[] =>
  measuredPlaces(places).flatMap((place) =>
    layerSizesOf(place).map((K) => {
      const exact = remainderOf(place, K, 'frozen', 'exact', lastStep(place) ?? 0);
      return `${place.entry.label} at K = ${K}: ${percent(exact)}`;
    }),
  );

/** Layer by layer, what each expansion leaves; a panel a mode and step. */
function panelsOf(place: EvaluatedEntry): Panel[] {
  const [K = 2] = layerSizesOf(place);
  const layers = placesOf(place, 'remainder').filter(isOf(K));
  const [first = 0] = stepsOf(place);
  const steps = [first, lastStep(place) ?? first];
  return modes.flatMap((mode) =>
    steps.map((step): Panel => ({
      title: `${stepTitle(step)}, ${modeTitles[mode].toLowerCase()}`,
      series: (
        [
          ['zeroth order', 'zeroth order'],
          ['exact', 'exact F′'],
          ['R1', 'WarpNet2, R1'],
          ['released', 'WarpNet2, released'],
          ['R1 at x1', 'WarpNet1, R1'],
          ['released at x1', 'WarpNet1, released'],
        ] as const
      ).map(([expansion, name]) => ({
        name,
        points: layers.flatMap((layer, index) => {
          const wanted = { quantity: 'remainder', variant: `${mode}, ${expansion}`, step };
          const found = estimate(place, { ...wanted, at: (candidate) => candidate === layer });
          return found === null ? [] : [{ x: index + 1, value: found.value, interval: found.interval }];
        }),
      })),
    })),
  );
}

export const remainder: ReviewQuestion = {
  table: 'review-remainder',
  title: 'Is first order enough?',
  question: 'Is the expansion to first order, “exact at almost all points”, enough in networks as they are trained?',
  asked:
    'Section 2 argues that higher orders vanish because a ReLU is piecewise linear, and measures nothing. It restricts this to trained networks; footnote 2 excepts batch normalisation in training.',
  answer: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return null;
    const [K = 2] = layerSizesOf(place);
    const at = (mode: Mode, expansion: string): Quantity => remainderOf(place, K, mode, expansion, step);
    const exact = at('frozen', 'exact');
    const limit = 100 * thresholds().firstOrderEnough.value;
    const { low, high } = intervalOf(exact);
    const verdict =
      high <= limit
        ? `less than the ${limit} % fixed beforehand, so that first order is enough there`
        : low > limit
          ? `more than the ${limit} % fixed beforehand, so that first order is not enough there`
          : `not told from the ${limit} % fixed beforehand`;
    return `In a ${place.entry.label} after ${stepTitle(step)}, first order with the exact F′ leaves ${percent(exact)} of the step through ${K} units where batch norm is held still (zeroth order ${percent(at('frozen', 'zeroth order'))}), and ${percent(at('training', 'exact'))} where it follows its batch (zeroth order ${percent(at('training', 'zeroth order'))}): with batch norm held still ${verdict} (${bySize(places).join(', ')}).`;
  },
  remarks: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return [];
    const [K = 2] = layerSizesOf(place);
    const at = (expansion: string): string => percent(remainderOf(place, K, 'training', expansion, step));
    const limits = thresholds().firstOrderEnough;
    return [
      `The derivatives that were run leave, of the same step as networks are trained: WarpNet2 ${at('R1')} (R1) and ${at('released')} (released), WarpNet1 ${at('R1 at x1')} (R1) and ${at('released at x1')} (released). More than 100 % is further from the WRN than leaving all its units out.`,
      'With batch norm of the batch, the exact F′x1 is 0 but for rounding and epsilon: a unit that normalises its input is blind to the input’s scale. WarpNet1’s F′x1 approximates nothing of the exact derivative; it is a branch of its own.',
      `The limit is in experiments/warpnet/claims/claims.yaml (${limits.fixed}): ${limits.why}`,
      'What training for the paper’s 80,000 steps makes of this, --profile paper tells, with WRN-73-4 beside these networks.',
    ];
  },
  figure: ({ places }) => {
    const place = deepest(places);
    if (place === undefined) return null;
    const title = 'What is left of the step through a layer, by layer';
    return {
      id: 'review-remainder',
      title,
      svg: drawPanels(panelsOf(place), {
        title,
        axes: ['layer, from the first', 'remainder / step'],
        scale: 'logarithmic',
        mark: { value: thresholds().firstOrderEnough.value, name: 'enough' },
        across: 2,
      }),
      caption: `${place.entry.label}, layers of ${layerSizesOf(place)[0] ?? 2} units. Norm of what the expansion leaves of the step over that of the step, before and after training; bars are 95 % intervals over batches, mostly smaller than the marks.`,
    };
  },
};

export const remainderRemarks = trainingRemarks;
