/** Predictions of the training time, as columns beside what is printed and what is measured. */
import type { PlannedEntry } from '../../harness/plan/plan.js';
import { missing, quantity, type MetricFacts, type Quantity } from '../../harness/report/evaluate/quantity.js';
import type { Metric } from '../../harness/report/metrics/metric.js';
import { doublingsOf } from './model/specification.js';
import { minutesByLine, savedByBlocks, savedByFormula, savedByLine, type Growing } from './predictions.js';
import { printed } from './printed.js';

/** A row as the paper trains it: a fixed network has as many blocks in every cycle. */
interface Prediction {
  readonly growing: Growing;
  readonly interpolations: number;
}

function predictionOf({ axes }: PlannedEntry): Prediction | null {
  const [firstBlocks, blocks] = [Number(axes?.['firstBlocks']), Number(axes?.['blocks'])];
  if (Number.isNaN(firstBlocks) || Number.isNaN(blocks)) return null;
  const interpolations = doublingsOf({ firstBlocks, blocks });
  const { cycles } = printed();
  if (interpolations === 0) {
    const whole = cycles.reduce((sum, epochs) => sum + epochs, 0);
    return { growing: { firstBlocks, cycles: [whole] }, interpolations };
  }
  // The paper's cycles are of two interpolations.
  return interpolations === cycles.length - 1 ? { growing: { firstBlocks, cycles }, interpolations } : null;
}

/** A prediction where there is one; it needs no job. */
function predicted(
  facts: Omit<MetricFacts, 'summarised' | 'sample'>,
  valueOf: (prediction: Prediction, entry: PlannedEntry) => number | null,
): Metric {
  const metric: Metric = {
    ...facts,
    summarised: false,
    sample: ['prediction', 'predictions'],
    planOf: () => null,
    evaluate: (entry): Quantity => {
      const prediction = predictionOf(entry);
      const value = prediction === null ? null : valueOf(prediction, entry);
      return value === null ? missing(metric, 'left-out') : quantity({ metric, provenance: 'projected', value });
    },
  };
  return metric;
}

const saving = { unit: 'percent', sign: '', better: 'higher', decimals: { usual: 1, most: 2 } } as const;
const ofGrown =
  (valueOf: (prediction: Prediction) => number) =>
  (prediction: Prediction): number | null =>
    prediction.interpolations === 0 ? null : valueOf(prediction);

export const byFormula = predicted(
  {
    ...saving,
    id: 'saved-by-formula',
    title: 'Saved by the closed formula (%)',
    short: 'formula',
    plural: 'Savings by the closed formula',
  },
  ofGrown(({ interpolations }) => savedByFormula(interpolations)),
);

export const byBlocks = predicted(
  {
    ...saving,
    decimals: { usual: 2, most: 2 },
    id: 'saved-by-blocks',
    title: 'Saved by counting blocks (%)',
    short: 'blocks',
    plural: 'Savings by counting blocks',
  },
  ofGrown(({ growing }) => savedByBlocks(growing)),
);

export const byLine = predicted(
  {
    ...saving,
    id: 'saved-by-line',
    title: 'Saved by the printed line (%)',
    short: 'line',
    plural: 'Savings by the line through the printed minutes',
  },
  ofGrown(({ growing }) => savedByLine(growing)),
);

/** Of the narrow networks on CIFAR-10, whose printed minutes the line goes through. */
export const lineMinutes = predicted(
  {
    id: 'line-minutes',
    title: 'Minutes by the printed line',
    short: 'line min',
    plural: 'Minutes by the printed line',
    unit: 'minutes',
    sign: '',
    better: 'equal',
    decimals: { usual: 1, most: 1 },
  },
  ({ growing }, { dataset, axes }) =>
    dataset === 'cifar10' && axes?.['width'] === 16 ? minutesByLine(growing, printed().minutesPerBlock) : null,
);

export const metrics: readonly Metric[] = [byFormula, byBlocks, byLine, lineMinutes];
