/** Table 1 as measured: a block a quantity, a row a backward pass, a column a number of units a stage, and the growth. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { fixed } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Quantity } from '../../../harness/report/evaluate/quantity.js';
import { head, numbers, plain, type Block, type Cell, type Row } from '../../../harness/report/model.js';
import {
  fitLogarithmicGrowth,
  fitPowerGrowth,
  spreadOf,
  type GrowthPoint,
} from '../../../harness/report/measured/growth.js';
import { printed } from '../printed.js';
import { growthOf, passSeries, plainPass, unitsOf, type PassSeries } from './passes.js';
import { timesPlain, timesResnet } from './update-time.js';

/** Growth below this is said in percent: an exponent of so little says nothing. */
const smallGrowth = 0.05;

interface Shown {
  readonly title: string;
  readonly of: (place: EvaluatedEntry) => Quantity;
  /** What Table 1 prints of it. */
  readonly order?: 'storage' | 'computation';
  readonly fitted: boolean;
}

const shownQuantities = (places: readonly EvaluatedEntry[]): Shown[] => [
  {
    title: 'Activations alive at a time (MB)',
    of: (place) => place.quantity('activations'),
    order: 'storage',
    fitted: true,
  },
  {
    title: 'All of the step: activations, gradients, weights, momentum (MB)',
    of: (place) => place.quantity('peak-memory'),
    fitted: true,
  },
  { title: 'Step (ms)', of: (place) => place.quantity('step-time'), order: 'computation', fitted: true },
  {
    title: 'Step, times that of the plain pass on the same RevNet',
    of: (place) => timesPlain(place, places),
    fitted: false,
  },
  { title: 'Step, times that of the ResNet of its size', of: timesResnet, fitted: false },
];

export const memoryArrangement: Arrange = ({ places }) => {
  const series = passSeries(places);
  const units = [...new Set(places.map(unitsOf))].sort((a, b) => a - b);
  const blocks = shownQuantities(places).map(({ title, of, order, fitted }): Block => ({
    title,
    rows: series.map((pass) => rowOf(pass, units, of, pass.name, order, fitted)),
  }));
  const first = series.find(({ name }) => name === plainPass) ?? series[0];
  return {
    heads: ['Backward pass'],
    columns: [
      { group: 'Table 1', label: 'printed', protocol: null },
      ...units.map((count) => ({ group: 'Units a stage', label: String(count), protocol: null })),
      { group: 'Units a stage', label: 'growth', protocol: null },
    ],
    blocks: first === undefined ? blocks : [...blocks, heldBlock(first, units)],
    metrics: ['activations', 'peak-memory', 'weights', 'momentum', 'weight-gradients', 'step-time', 'rs'],
    bold: false,
  };
};

/** The same whatever the backward pass. */
const heldBlock = (pass: PassSeries, units: readonly number[]): Block => ({
  title: 'The same for every backward pass (MB)',
  rows: [
    ['weights', 'Weights'],
    ['momentum', 'Momentum'],
    ['weight-gradients', 'Gradients of weights'],
  ].map(([metric = '', title = '']) => rowOf(pass, units, (place) => place.quantity(metric), title, undefined, true)),
});

function rowOf(
  pass: PassSeries,
  units: readonly number[],
  of: (place: EvaluatedEntry) => Quantity,
  title: string,
  order: Shown['order'],
  fitted: boolean,
): Row {
  const cellAt = (count: number): Cell => {
    const place = pass.places.find((candidate) => unitsOf(candidate) === count);
    return place === undefined ? plain('') : numbers(of(place));
  };
  return {
    heads: [head(title)],
    cells: [
      plain(order === undefined ? '' : orderOf(pass, order)),
      ...units.map(cellAt),
      plain(
        fitted ? growthText(growthOf(pass, of), order === 'storage' && pass.technique.startsWith('recursive')) : '',
      ),
    ],
  };
}

const orderOf = ({ technique }: PassSeries, order: 'storage' | 'computation'): string =>
  printed().table1.rows.find((row) => row.technique === technique)?.[order] ?? '';

/** Under the table: what is measured and how growth is told. */
export function memoryRemarks(places: readonly EvaluatedEntry[]): string[] {
  const batches = [...new Set(places.flatMap(({ entry }) => (entry.timing.skipped ? [] : [entry.timing.batch])))];
  return [
    `Memory: what the allocator had given out on the device at the fullest moment of a profiled step of ${batches.join(' and ')} images; parts have their fullest moments apart. Activations grow in proportion to the batch, the rest does not.`,
    `Growth with the number L of units a stage: in percent, where the largest is less than ${100 * smallGrowth} % above the smallest; else the exponent c of a + b L^c by least squares, with its 95 % interval; for recursive checkpoints a + b log L, with the root mean square distance of the points in percent of their range.`,
    'RevNet-38 has 112 channels in its last stage, as printed, and the deeper ones 128, so that its weights are fewer than a line through the others says.',
    'Step times of one depth are each measured in turns with the ResNet of its size; times that of the plain pass are ratios of two such ratios.',
  ];
}

/** `L^1.00 (1.00 to 1.01)`; `log L (misfit 4 %)`; `by 0.1 %`. */
export function growthText(points: readonly GrowthPoint[], logarithmic = false): string {
  if (points.length < 2) return '';
  const spread = spreadOf(points);
  if (spread < smallGrowth) return `by ${fixed(100 * spread, 1)} %`;
  if (logarithmic) {
    const log = fitLogarithmicGrowth(points);
    return log === null ? '' : `log L (misfit ${fixed(100 * log.misfit, 0)} %)`;
  }
  const power = fitPowerGrowth(points);
  if (power === null) return '';
  const { low, high } = power.interval;
  return `L^${fixed(power.exponent, 2)} (${fixed(low, 2)} to ${fixed(high, 2)})`;
}
