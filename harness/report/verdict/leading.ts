/** Which of our numbers a printed one is judged by, where there are two. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId, Quantity } from '../evaluate/quantity.js';
import { isJudged } from './vocabulary.js';

/**
 * This machine's number where it can be judged, for that is a measurement; else the one that is modelled for the paper's
 * hardware; else what there is.
 */
export function leadingQuantity({ quantity, modelled }: EvaluatedEntry, metric: MetricId): Quantity {
  const here = quantity(metric);
  const outcome = here.verdict?.outcome;
  if (outcome !== undefined && isJudged(outcome)) return here;
  return modelled(metric) ?? here;
}
