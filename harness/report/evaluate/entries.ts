/** One planned entry with what was measured of it: its numbers, worked out when they are asked for. */
import type { PlannedEntry } from '../../plan/plan.js';
import type { AnalysisMeasurement, TimingMeasurement, TrainingMeasurement } from '../measured/measurements.js';
import { trainingsOf } from '../metrics/errors.js';
import { isInTable, type Metric, type Metrics } from '../metrics/metric.js';
import { timingOf } from '../metrics/speed.js';
import { judge } from '../verdict/judge.js';
import type { Evidence } from './evidence.js';
import type { MetricId, Quantity } from './quantity.js';

/** The finished analyses of a place. */
const analysesOf = (
  { analysis }: PlannedEntry,
  { measurements }: Pick<Evidence, 'measurements'>,
): AnalysisMeasurement[] =>
  analysis.skipped ? [] : analysis.jobs.flatMap((id) => measurements.analyses.get(id) ?? []);

export interface EvaluatedEntry {
  readonly entry: PlannedEntry;
  /** A number with its verdict; worked out at the first call, for the bootstrap is most of a report's time. */
  readonly quantity: (metric: MetricId) => Quantity;
  /** What it takes to measure it, or why that is not planned. */
  readonly planOf: (metric: MetricId) => ReturnType<Metric['planOf']>;
  /** The seeds' own results, for curves and tables of seeds. */
  readonly runs: readonly TrainingMeasurement[];
  readonly timing: TimingMeasurement | null;
  /** What was measured of weights, seed by seed. */
  readonly analyses: readonly AnalysisMeasurement[];
}

/** Everything that is known about one place of one table. */
export function evaluateEntry(entry: PlannedEntry, evidence: Evidence, metrics: Metrics): EvaluatedEntry {
  const known = new Map<MetricId, Quantity>();
  const evaluated = (id: MetricId): Quantity => {
    const metric = metrics.named(id);
    const ours = metric.evaluate(entry, evidence);
    const judged = ours.value !== null || isInTable(metric, entry);
    const where = { dataset: entry.dataset, printedOn: evidence.printedOn };
    return { ...ours, verdict: judged ? judge(ours, where, evidence.rules) : null };
  };
  return {
    entry,
    quantity: (id) => {
      const quantity = known.get(id) ?? evaluated(id);
      known.set(id, quantity);
      return quantity;
    },
    planOf: (id) => metrics.named(id).planOf(entry),
    runs: trainingsOf(entry, evidence),
    timing: timingOf(entry, evidence),
    analyses: analysesOf(entry, evidence),
  };
}
