/** Validation errors of trained networks, over seeds. */
import type { PlannedEntry } from '../../plan/plan.js';
import { notPlanned, unfinished, type Evidence } from '../evaluate/evidence.js';
import { missing, quantity, type MetricFacts, type Quantity } from '../evaluate/quantity.js';
import type { TrainingMeasurement } from '../measured/measurements.js';
import { meanErrorInterval, meanOverSeeds } from '../../core/statistics.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';

/** The finished trainings of a place, seed by seed. */
export const trainingsOf = (
  { error }: PlannedEntry,
  { measurements }: Pick<Evidence, 'measurements'>,
): TrainingMeasurement[] => (error.skipped ? [] : error.jobs.flatMap((id) => measurements.trainings.get(id) ?? []));

/** As many as the plan has, and why others are missing: for a footnote. */
function partly(runs: number, planned: number, notes: readonly string[]): string[] {
  return runs < planned ? [`${runs} of ${planned} seeds; ${notes.join(' ')}`] : [];
}

/** Several seeds as one number. */
function errorOf(
  metric: MetricFacts,
  errorPct: (run: TrainingMeasurement) => number,
  entry: PlannedEntry,
  evidence: Evidence,
): Quantity {
  const { error } = entry;
  const printed = printedNumber(entry, metric.id, evidence.printed);
  if (error.skipped) {
    const { absence, notes } = notPlanned(error);
    return missing(metric, absence, { printed, notes });
  }
  const runs = trainingsOf(entry, evidence);
  const lacking = unfinished(error.jobs, evidence.measurements);
  const [first] = runs;
  if (first === undefined)
    return missing(metric, lacking?.absence ?? 'not-run-yet', { printed, notes: lacking?.notes ?? [] });
  const { n, mean, deviation } = meanOverSeeds(runs.map(errorPct));
  const { over, ...interval } = meanErrorInterval(runs.map(errorPct), first.validationImages);
  return quantity({
    metric,
    provenance: 'measured',
    value: mean,
    interval,
    intervalOver: over,
    n,
    deviation,
    printed,
    difference: printed === null || printed.lowConfidence || error.standIn !== null ? null : mean - printed.value,
    notes: partly(n, error.jobs.length, lacking?.notes ?? []),
    jobs: runs.map(({ id }) => id),
    reductions: error.shrunk,
    standIn: error.standIn === null ? null : error.dataset,
  });
}

const planOf = (entry: PlannedEntry) => entry.error;
const seeds = ['seed', 'seeds'] as const;

export const error: Metric = {
  id: 'error',
  title: 'Error (%)',
  short: 'error %',
  plural: 'Top-1 errors',
  unit: 'percent',
  sign: '',
  better: 'lower',
  decimals: { usual: 2, most: 2 },
  sample: seeds,
  summarised: true,
  planOf,
  evaluate: (entry, evidence) => errorOf(error, ({ last }) => last.errorPct, entry, evidence),
};

export const top5: Metric = {
  id: 'top5',
  title: 'Top-5 error (%)',
  short: 'top-5 error %',
  plural: 'Top-5 errors',
  unit: 'percent',
  sign: '',
  better: 'lower',
  decimals: { usual: 1, most: 2 },
  sample: seeds,
  summarised: true,
  planOf,
  evaluate: (entry, evidence) => errorOf(top5, ({ last }) => last.top5ErrorPct, entry, evidence),
};

export const loss: Metric = {
  id: 'loss',
  title: 'Final training loss (nats)',
  short: 'loss',
  plural: 'Training losses',
  unit: 'nats',
  sign: '',
  better: 'lower',
  decimals: { usual: 3, most: 3 },
  sample: seeds,
  summarised: false,
  planOf,
  evaluate: (entry, evidence) => {
    const runs = trainingsOf(entry, evidence);
    if (runs.length === 0) return missing(loss, entry.error.skipped ? notPlanned(entry.error).absence : 'not-run-yet');
    const { n, mean, deviation, interval } = meanOverSeeds(runs.map(({ finalLoss }) => finalLoss));
    return quantity({
      metric: loss,
      provenance: 'measured',
      value: mean,
      interval,
      intervalOver: interval ? 'seeds' : null,
      n,
      deviation,
      jobs: runs.map(({ id }) => id),
    });
  },
};
