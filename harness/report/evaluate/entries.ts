/** One planned entry with what was measured of it: its numbers, worked out when they are asked for. */
import type { PrintedRow } from '../../plan/paper/printed.js';
import type { PlannedEntry } from '../../plan/plan.js';
import { modelledQuantity } from '../hardware-model/modelled.js';
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
  /** A number with its verdict; worked out at the first call. */
  readonly quantity: (metric: MetricId) => Quantity;
  /** The number on the paper's own hardware after a model of it, with its verdict; null where there is none. */
  readonly modelled: (metric: MetricId) => Quantity | null;
  /** What the paper prints of the row; null for rows that it does not have. */
  readonly printedRow: PrintedRow | null;
  /** The command that makes a number of this place again; null for what needs none or cannot be had here. */
  readonly commandFor: (quantity: Quantity) => string | null;
  /** What it takes to measure it, or why that is not planned. */
  readonly planOf: (metric: MetricId) => ReturnType<Metric['planOf']>;
  /** The seeds' own results, for curves and tables of seeds. */
  readonly runs: readonly TrainingMeasurement[];
  readonly timing: TimingMeasurement | null;
  /** What was measured of weights, seed by seed. */
  readonly analyses: readonly AnalysisMeasurement[];
}

/** Those that are planned for a metric. */
function jobsFor(entry: PlannedEntry, metric: Metric): readonly string[] {
  const plan = metric.planOf(entry);
  if (plan === null || plan.skipped) return [];
  return 'jobs' in plan ? plan.jobs : [plan.job];
}

/** Everything that is known about one place of one table. */
export function evaluateEntry(entry: PlannedEntry, evidence: Evidence, metrics: Metrics): EvaluatedEntry {
  const known = new Map<MetricId, Quantity>();
  const where = { dataset: entry.dataset, printedOn: evidence.printedOn };
  const evaluated = (id: MetricId): Quantity => {
    const metric = metrics.named(id);
    const ours = metric.evaluate(entry, evidence);
    const judged = ours.value !== null || isInTable(metric, entry);
    return { ...ours, verdict: judged ? judge(ours, where, evidence.rules) : null };
  };
  return {
    entry,
    quantity: (id) => {
      const quantity = known.get(id) ?? evaluated(id);
      known.set(id, quantity);
      return quantity;
    },
    modelled: (id) => {
      const modelled = modelledQuantity(metrics.named(id), entry, evidence);
      return modelled && { ...modelled, verdict: judge(modelled, where, evidence.rules) };
    },
    printedRow: entry.published === null ? null : (evidence.printed.rows.get(entry.published) ?? null),
    commandFor: ({ metric, provenance, jobs }) => {
      if (provenance === 'modelled') return evidence.hardwareModel?.command ?? null;
      if (jobs.length > 0) return `npm run reproduce -- retry ${jobs.join(' ')}`;
      const planned = jobsFor(entry, metrics.named(metric.id)).map((id) => ` --only ${id}`);
      const { paper, profile } = evidence.plan;
      return planned.length === 0 ? null : `npm run reproduce -- ${paper} --profile ${profile}${planned.join('')}`;
    },
    planOf: (id) => metrics.named(id).planOf(entry),
    runs: trainingsOf(entry, evidence),
    timing: timingOf(entry, evidence),
    analyses: analysesOf(entry, evidence),
  };
}
