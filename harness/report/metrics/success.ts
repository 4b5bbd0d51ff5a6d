/** How often trials of a numerical problem end as they should. */
import type { PlannedEntry } from '../../plan/plan.js';
import { notPlanned, unfinished, type Evidence } from '../evaluate/evidence.js';
import { missing, quantity, type Quantity } from '../evaluate/quantity.js';
import type { TrialsMeasurement } from '../measured/measurements.js';
import { wilsonInterval } from '../../core/statistics.js';
import type { Metric } from './metric.js';
import { printedNumber } from './printed-number.js';

/** The finished trials of a place, seed by seed. */
export const trialsOf = (
  { trials }: PlannedEntry,
  { measurements }: Pick<Evidence, 'measurements'>,
): TrialsMeasurement[] => (trials.skipped ? [] : trials.jobs.flatMap((id) => measurements.trials.get(id) ?? []));

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function successOf(entry: PlannedEntry, evidence: Evidence): Quantity {
  const { trials } = entry;
  const printed = printedNumber(entry, successRate.id, evidence.printed);
  if (trials.skipped) {
    const { absence, notes } = notPlanned(trials);
    return missing(successRate, absence, { printed, notes });
  }
  const runs = trialsOf(entry, evidence);
  const lacking = unfinished(trials.jobs, evidence.measurements);
  if (runs.length === 0)
    return missing(successRate, lacking?.absence ?? 'not-run-yet', { printed, notes: lacking?.notes ?? [] });
  const n = sum(runs.flatMap(({ counts }) => Object.values(counts)));
  const value = (100 * sum(runs.map(({ counts, success }) => counts[success] ?? 0))) / n;
  return quantity({
    metric: successRate,
    provenance: 'measured',
    value,
    interval: wilsonInterval(value, n),
    intervalOver: 'trials',
    n,
    printed,
    difference: printed === null || printed.lowConfidence ? null : value - printed.value,
    notes: runs.length < trials.jobs.length ? [`${runs.length} of ${trials.jobs.length} seeds.`] : [],
    jobs: runs.map(({ id }) => id),
  });
}

export const successRate: Metric = {
  id: 'success',
  title: 'Success (%)',
  short: 'success %',
  plural: 'Success rates',
  unit: 'percent',
  sign: '',
  better: 'higher',
  decimals: { usual: 1, most: 2 },
  sample: ['trial', 'trials'],
  summarised: false,
  planOf: ({ trials }) => trials,
  evaluate: successOf,
};
