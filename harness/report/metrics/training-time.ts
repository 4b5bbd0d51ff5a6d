/** How long trainings took, and the share of another one's time that they save. */
import type { PlannedEntry } from '../../plan/plan.js';
import { notPlanned, unfinished, type Evidence } from '../evaluate/evidence.js';
import { missing, quantity, type MetricFacts, type Quantity } from '../evaluate/quantity.js';
import type { TrainingMeasurement } from '../measured/measurements.js';
import { meanOverSeeds } from '../../core/statistics.js';
import { trainingsOf } from './errors.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';

const planOf = (entry: PlannedEntry) => entry.error;

/** Why trainings of a place have no time. */
function absentTime(metric: MetricFacts, entry: PlannedEntry, evidence: Evidence): Quantity {
  const { error } = entry;
  const printed = printedNumber(entry, metric.id, evidence.printed);
  const why = error.skipped
    ? notPlanned(error)
    : unfinished([...error.jobs, ...error.reference], evidence.measurements);
  return missing(metric, why?.absence ?? 'not-run-yet', { printed, notes: why?.notes ?? [] });
}

/** Means over seeds, in seconds or percent. */
function overSeeds(
  metric: MetricFacts,
  values: readonly number[],
  runs: readonly TrainingMeasurement[],
  entry: PlannedEntry,
  evidence: Evidence,
): Quantity {
  const { n, mean, deviation, interval } = meanOverSeeds(values);
  const { error } = entry;
  const shrunk = error.skipped ? { shrunk: [], standIn: null, dataset: null } : error;
  return quantity({
    metric,
    provenance: 'measured',
    value: mean,
    interval,
    intervalOver: interval ? 'seeds' : null,
    n,
    deviation,
    printed: printedNumber(entry, metric.id, evidence.printed),
    jobs: runs.map(({ id }) => id),
    reductions: shrunk.shrunk,
    standIn: shrunk.standIn === null ? null : shrunk.dataset,
    hardware: runs[0]?.hardware ?? null,
  });
}

const secondsOf = (runs: readonly TrainingMeasurement[]): number[] =>
  runs.flatMap(({ stepSeconds }) => stepSeconds ?? []);

const shared = {
  better: 'lower',
  sample: ['seed', 'seeds'],
  planOf,
} as const;

export const trainingTime: Metric = {
  ...shared,
  id: 'training-time',
  title: 'Training time (s)',
  short: 'time s',
  plural: 'Training times',
  unit: 'seconds',
  sign: '',
  decimals: { usual: 1, most: 1 },
  summarised: false,
  evaluate: (entry, evidence) => {
    const runs = trainingsOf(entry, evidence);
    const seconds = secondsOf(runs);
    return seconds.length === 0
      ? absentTime(trainingTime, entry, evidence)
      : overSeeds(trainingTime, seconds, runs, entry, evidence);
  },
};

/** Of the reference's time with the same seed; where the place is its own reference, nothing is saved by definition. */
export const timeSaved: Metric = {
  ...shared,
  id: 'time-saved',
  title: 'Training time saved (%)',
  short: 'saved %',
  plural: 'Savings of training time',
  unit: 'percent',
  sign: '',
  better: 'higher',
  decimals: { usual: 1, most: 1 },
  summarised: true,
  evaluate: (entry, evidence) => {
    const { error } = entry;
    const { trainings } = evidence.measurements;
    if (!error.skipped && error.reference.length === 0)
      return missing(timeSaved, 'by-definition', { printed: printedNumber(entry, timeSaved.id, evidence.printed) });
    const pairs = (error.skipped ? [] : error.jobs).flatMap((id, turn) => {
      const run = trainings.get(id);
      const reference = trainings.get((error.skipped ? [] : error.reference)[turn] ?? '');
      const [own, full] = [run?.stepSeconds, reference?.stepSeconds];
      return run === undefined || own === undefined || full === undefined
        ? []
        : [{ run, saved: 100 * (1 - own / full) }];
    });
    if (pairs.length === 0) return absentTime(timeSaved, entry, evidence);
    const ours = overSeeds(
      timeSaved,
      pairs.map(({ saved }) => saved),
      pairs.map(({ run }) => run),
      entry,
      evidence,
    );
    const { value, printed } = ours;
    return value === null || printed === null ? ours : { ...ours, difference: value - printed.value };
  },
};
