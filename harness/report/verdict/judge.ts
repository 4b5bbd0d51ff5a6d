/** Applies the verdict rules to one number. */
import type { DatasetName } from '../../plan/dataset-facts.js';
import type { Hardware, Quantity } from '../evaluate/quantity.js';
import { verdictRules } from './rules.js';
import { limitOf, toleranceOf, type VerdictRules } from './thresholds.js';
import type { Verdict } from './vocabulary.js';

/** The verdict on one number, or null for metrics that have no thresholds. */
export function judge(
  ours: Quantity,
  where: { readonly dataset: DatasetName | null; readonly printedOn: Hardware['kind'] | null },
  { metrics }: VerdictRules,
): Verdict | null {
  const thresholds = metrics[ours.metric.id];
  if (thresholds === undefined) return null;
  const circumstances = {
    ...where,
    tolerance: toleranceOf(thresholds, ours.printed, where.dataset),
    widest: limitOf(thresholds.widest, where.dataset),
  };
  const rule = verdictRules.find((candidate) => candidate.holds(ours, circumstances));
  if (rule === undefined) throw new Error('Internal error: the last verdict rule holds for everything');
  return {
    outcome: rule.outcome,
    rule: rule.id,
    code: rule.code(ours),
    reason: rule.reason(ours, circumstances),
  };
}
