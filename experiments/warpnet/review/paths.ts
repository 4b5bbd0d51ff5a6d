/** "Paths and their gradients": how many terms the expansion has of each power, and how gradients fall with the length of their path. */
import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { fixed } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { MetricFacts, Quantity } from '../../../harness/report/evaluate/quantity.js';
import { drawPanels, type Panel } from '../../../harness/report/figures/panels.js';
import { studentQuantile, type Interval } from '../../../harness/core/statistics.js';
import { head, numbers, plain, type Block, type Column } from '../../../harness/report/model.js';
import type { ReviewQuestion } from '../../../harness/report/review.js';
import { thresholds } from '../claims/thresholds.js';
import { cellOf, estimate, lastStep, measuredPlaces, placesOf, stepsOf, stepTitle } from './measured.js';
import { numbersCsv, type ListedNumber } from './numbers-csv.js';
import { deepest, layerSizesOf, modes, unitsOfLayer, type Mode } from './remainder.js';

const pathMetric: MetricFacts = {
  id: 'path-gradient',
  title: 'Gradient along a path, over that past all branches',
  short: 'gradient',
  plural: 'Gradients along paths',
  unit: 'ratio',
  sign: '',
  better: 'equal',
  decimals: { usual: 3, most: 4 },
  sample: ['batch', 'batches'],
  summarised: false,
};

const shareMetric: MetricFacts = {
  ...pathMetric,
  id: 'power-share',
  title: 'Size of the terms (% of the step)',
  unit: 'percent',
  decimals: { usual: 1, most: 1 },
};

const lengthOf = (place: string): number => Number(/^length (\d+),/u.exec(place)?.[1] ?? NaN);

const lengthsOf = (place: EvaluatedEntry): number[] => [...new Set(placesOf(place, 'path gradient').map(lengthOf))];

function gradientAt(place: EvaluatedEntry, mode: Mode, step: number, length: number): Quantity {
  const at = (path: string): boolean => lengthOf(path) === length;
  const found = cellOf(place, pathMetric, { quantity: 'path gradient', variant: mode, step, at });
  // What all others are divided by.
  return length === 0 && found.value !== null ? { ...found, interval: null, byDefinition: true } : found;
}

export const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k);

/** Terms of each power that the expansion of a layer of K units was summed of, and as many as the binomial says. */
export function termCounts(place: EvaluatedEntry, K: number): { power: number; counted: number; expected: number }[] {
  const [step = 0] = stepsOf(place);
  return Array.from({ length: K }, (_, index) => {
    const power = index + 1;
    const wanted = { quantity: 'terms', variant: `power ${power}`, step };
    const found = estimate(place, { ...wanted, at: (layer) => unitsOfLayer(layer) === K });
    return { power, counted: found?.value ?? NaN, expected: binomial(K, power) };
  });
}

export interface Decay {
  /** What each further branch multiplies the norm by. */
  readonly factor: number;
  readonly interval: Interval;
  /** Share of the variance of log(norm) that a straight line in the length explains. */
  readonly explained: number;
  readonly lengths: number;
}

/** A straight line through the logarithm of the mean norm against the length; null where nothing was measured. */
export function decayOf(place: EvaluatedEntry, mode: Mode, step: number): Decay | null {
  const points = lengthsOf(place).flatMap((length): [number, number][] => {
    const { value } = gradientAt(place, mode, step, length);
    return value === null || !(value > 0) ? [] : [[length, Math.log(value)]];
  });
  if (points.length < 4) return null;
  const line = linearRegression(points);
  const predicted = linearRegressionLine(line);
  const meanLength = points.reduce((sum, [length]) => sum + length, 0) / points.length;
  const spread = points.reduce((sum, [length]) => sum + (length - meanLength) ** 2, 0);
  const residual = points.reduce((sum, [length, log]) => sum + (log - predicted(length)) ** 2, 0);
  const arm = studentQuantile(points.length - 2) * Math.sqrt(residual / (points.length - 2) / spread);
  return {
    factor: Math.exp(line.m),
    interval: { low: Math.exp(line.m - arm), high: Math.exp(line.m + arm) },
    explained: rSquared(points, predicted),
    lengths: points.length,
  };
}

export const pathsTable: Arrange = ({ places }) => {
  const own = measuredPlaces(places);
  const steps = [...new Set(own.flatMap(stepsOf))].sort((a, b) => a - b);
  const shown = steps.length === 0 ? [0] : steps;
  const columns = modes.flatMap((mode) =>
    shown.map((step): Column => ({
      group: mode === 'frozen' ? 'Batch norm held still' : 'Batch norm of the batch',
      label: stepTitle(step),
      protocol: null,
    })),
  );
  const listed: ListedNumber[] = [];
  const blocks = places.flatMap((place): Block[] => {
    const { label } = place.entry;
    const row = (title: string, of: (mode: Mode, step: number) => Quantity) => ({
      heads: [head(title)],
      cells: modes.flatMap((mode) =>
        shown.map((step) => {
          const quantity = of(mode, step);
          listed.push({ network: label, where: title, what: quantity.metric.title, variant: mode, step, quantity });
          return isTiny(quantity) ? plain(inPowers(quantity)) : numbers(quantity);
        }),
      ),
    });
    const powers = layerSizesOf(place).map((K): Block => ({
      title: `${label}, layers of K = ${K} units: size of the terms of each power, % of the step`,
      rows: termCounts(place, K).map(({ power, counted, expected }) =>
        row(`power ${power}: ${counted} ${counted === 1 ? 'term' : 'terms'}, binomial ${expected}`, (mode, step) =>
          cellOf(
            place,
            shareMetric,
            {
              quantity: 'power',
              variant: `${mode}, power ${power}`,
              step,
              at: (layer) => unitsOfLayer(layer) === K,
            },
            100,
          ),
        ),
      ),
    }));
    const lengths = lengthsOf(place);
    const ofPaths =
      lengths.length === 0
        ? [
            {
              heads: [head('Paths of all lengths')],
              cells: columns.map(() => numbers(gradientAt(place, 'frozen', 0, 0))),
            },
          ]
        : lengths.map((length) => row(`length ${length}`, (mode, step) => gradientAt(place, mode, step, length)));
    const decays = {
      heads: [head('Factor for each further branch (R²)')],
      cells: modes.flatMap((mode) =>
        shown.map((step) => {
          const decay = decayOf(place, mode, step);
          return plain(decay === null ? '' : `${decayText(decay)} (${fixed(decay.explained, 2)})`);
        }),
      ),
    };
    const title = `${label}: norm of the gradient along a path, over that of the path past all branches`;
    return [...powers, { title, rows: lengths.length === 0 ? ofPaths : [...ofPaths, decays] }];
  });
  return {
    heads: ['Power, or length of the path'],
    columns,
    blocks,
    metrics: [],
    bold: false,
    csv: numbersCsv(listed),
  };
};

/** Fixed digits would show nothing but zeros. */
const isTiny = ({ metric, value }: Quantity): boolean =>
  metric.id === pathMetric.id && value !== null && value > 0 && value < 0.01;

/** `(2.1 ± 0.3)e−5`. */
function inPowers({ value, interval }: Quantity): string {
  const exponent = Math.floor(Math.log10(value ?? 1));
  const unit = 10 ** exponent;
  const arm = interval === null || value === null ? 0 : Math.max(interval.high - value, value - interval.low);
  return `(${fixed((value ?? 0) / unit, 1)} ± ${fixed(arm / unit, 1)})e${fixed(exponent, 0)}`;
}

/** `0.71 ± 0.02`. */
const decayText = ({ factor, interval }: Decay): string =>
  `${fixed(factor, 2)} ± ${fixed(Math.max(interval.high - factor, factor - interval.low), 2)}`;

export const paths: ReviewQuestion = {
  table: 'review-paths',
  title: 'Paths and their gradients',
  question:
    'Are there as many terms of each length as the binomial says, and does the gradient along a path fall exponentially with its length?',
  asked:
    'Section 2 counts binom(K, k) terms of power k, and takes from Veit et al. that the gradient along a path falls exponentially with its length; neither is measured in its networks.',
  answer: (places) => {
    const place = deepest(places);
    const step = place && lastStep(place);
    if (place === undefined || step === undefined) return null;
    const [trained, before] = [decayOf(place, 'training', step), decayOf(place, 'training', 0)];
    if (trained === null || before === null) return null;
    const counts = layerSizesOf(place).flatMap((K) => termCounts(place, K));
    const asCounted = counts.every(({ counted, expected }) => counted === expected);
    const least = thresholds().exponential.value;
    const { low, high } = trained.interval;
    const straight = trained.explained >= least;
    const falls =
      high < 1
        ? straight
          ? 'falls exponentially'
          : 'falls, but not on a straight line'
        : low > 1
          ? 'grows'
          : 'neither grows nor falls clearly';
    return `The expansion has ${asCounted ? 'as many terms of each power as the binomial says' : 'other numbers of terms than the binomial says'}; in a ${place.entry.label} after ${stepTitle(step)} the gradient along a path ${falls} with its length: each further branch multiplies its norm by ${decayText(trained)} (${decayText(before)} untrained; R² = ${fixed(trained.explained, 2)}, at least ${least} to count as exponential).`;
  },
  remarks: () => [
    'A path goes through some branches and past the others; two are drawn of each length. Its gradient is that of the loss at the end of the last stage, taken back to the input of the first: Veit et al. do the same in a trained network of 110 layers.',
    'Terms of higher power are not small: the table has their size against the step, which is why leaving them out, as the experiments do at K = 3, is a change of the network.',
  ],
  figure: ({ places }) => {
    const place = deepest(places);
    if (place === undefined) return null;
    const steps = stepsOf(place);
    const title = 'Norm of the gradient along a path, by its length';
    const panels = modes.map((mode): Panel => ({
      title: mode === 'frozen' ? 'batch norm held still' : 'batch norm of the batch',
      series: steps.map((step) => ({
        name: stepTitle(step),
        points: lengthsOf(place).flatMap((length) => {
          const { value, interval } = gradientAt(place, mode, step, length);
          return value === null ? [] : [{ x: length, value, interval }];
        }),
      })),
    }));
    return {
      id: 'review-paths',
      title,
      svg: drawPanels(panels, {
        title,
        axes: ['branches on the path', 'norm / that past all'],
        scale: 'logarithmic',
        across: 2,
      }),
      caption: `${place.entry.label}. Mean over two paths of each length; bars are 95 % intervals over batches. An exponential is a straight line here.`,
    };
  },
};
