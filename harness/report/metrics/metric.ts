/** A metric: what tables show one number a place of. An entry of the list is all that a new one takes. */
import type { NotRun } from '../../plan/not-run.js';
import type { ErrorPlan, PlannedEntry, TimingPlan, TrialsPlan } from '../../plan/plan.js';
import type { Evidence } from '../evaluate/evidence.js';
import type { MetricFacts, MetricId, Quantity } from '../evaluate/quantity.js';

/**
 * Numbers of a metric are judged by the thresholds that the rules have under its id (`experiments/rules/verdicts.yaml`, or
 * the paper's own), against the number that the printed row has under it.
 */
export interface Metric extends MetricFacts {
  /** The number of one place, without a verdict. */
  evaluate(entry: PlannedEntry, evidence: Evidence): Quantity;
  /** What it takes to measure it at a place, or why that is not planned; null for what needs no job. */
  planOf(entry: PlannedEntry): ErrorPlan | TimingPlan | TrialsPlan | NotRun | null;
}

/** Whether the plan has a job for it. */
export function isPlanned(metric: Metric, entry: PlannedEntry): boolean {
  const plan = metric.planOf(entry);
  return plan !== null && !plan.skipped;
}

/** Whether the place can have a verdict on it: false where its table shows no such quantity. */
export function isInTable(metric: Metric, entry: PlannedEntry): boolean {
  const plan = metric.planOf(entry);
  return plan === null || !plan.skipped || plan.code !== 'NOT_IN_TABLE';
}

/** Metrics by id: those that every paper has, and the paper's own. */
export class Metrics {
  readonly all: readonly Metric[];
  readonly #byId: ReadonlyMap<MetricId, Metric>;

  constructor(metrics: readonly Metric[]) {
    this.#byId = new Map(metrics.map((metric) => [metric.id, metric]));
    this.all = [...this.#byId.values()];
  }

  named(id: MetricId): Metric {
    const metric = this.#byId.get(id);
    if (metric === undefined) throw new Error(`Internal error: there is no metric "${id}"`);
    return metric;
  }
}
