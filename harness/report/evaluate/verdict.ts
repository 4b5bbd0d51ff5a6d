/** Applies the verdict rules to one number. */
import { unreachable } from '../../core/problem.js';
import { armOf, fixed, placesOf, signed, valueWithArm } from './digits.js';
import { isUnchecked, type Quantity, type Verdict } from './quantity.js';
import type { VerdictRule, VerdictRules } from './rules.js';

/** What the rules ask about a number beyond the number itself. */
export interface Circumstances {
  readonly dataset: string;
  /** Another data set stands in for the paper's. */
  readonly standIn: boolean;
  /** Network, data or training length is not the published one. */
  readonly shrunk: boolean;
  /** `AMD EPYC 7B13 (2 one-core devices)`; named in every verdict on an RS. */
  readonly hardware: string | null;
}

type JudgedMetric = keyof VerdictRules['metrics'];
const isJudged = (metric: string, rules: VerdictRules): metric is JudgedMetric => metric in rules.metrics;

/** How far the printed number lies outside our interval; 0 inside. */
export function distance(ours: Quantity, printed: number): number {
  if (ours.value === null) return Infinity;
  const { low, high } = ours.interval ?? { low: ours.value, high: ours.value };
  return Math.max(0, low - printed, printed - high);
}

function applies(rule: VerdictRule, ours: Quantity, where: Circumstances, rules: VerdictRules): boolean {
  const { metric, value, printed } = ours;
  if (!isJudged(metric, rules)) return rule.id === 'not-printed';
  const limit = (kind: 'tolerance' | 'widest'): number =>
    rules.metrics[metric][kind][where.dataset] ?? rules.metrics[metric][kind]['any'] ?? 0;
  switch (rule.id) {
    case 'not-run':
      return value === null;
    case 'not-printed':
      return printed === null;
    case 'by-definition':
      return ours.byDefinition;
    case 'low-confidence':
      return printed?.lowConfidence ?? false;
    case 'stand-in':
      return (metric === 'error' || metric === 'top5') && where.standIn;
    case 'shrunk':
      return (metric === 'error' || metric === 'top5') && where.shrunk;
    case 'unvalidated':
      return isUnchecked(ours);
    case 'too-uncertain':
      return value !== null && ours.interval !== null && armOf(value, ours.interval) > limit('widest');
    case 'agrees':
      return printed !== null && distance(ours, printed.value) <= limit('tolerance');
    case 'differs':
      return true;
    default:
      return unreachable(rule.id);
  }
}

function reasonFor(rule: VerdictRule, ours: Quantity, where: Circumstances, rules: VerdictRules): string {
  if (rule.id !== 'agrees' && rule.id !== 'differs') return rule.reason;
  if (ours.value === null || ours.printed === null || !isJudged(ours.metric, rules)) return rule.reason;
  const gap = ours.value - ours.printed.value;
  const { direction } = rules.metrics[ours.metric];
  const better = direction === 'lower is better' ? gap < 0 : gap > 0;
  const side = rule.id === 'agrees' || direction === 'equal' ? '' : better ? ', better' : ', worse';
  const amount = ours.metric === 'parameters' ? fixed(gap, 0) : `${signed(gap, Math.max(1, placesOf(ours)))} points`;
  const how = ours.provenance === 'projected' ? 'projected from op times of' : 'measured on';
  const machine = ours.metric === 'rs' && where.hardware ? `; ${how} ${where.hardware}` : '';
  return `${valueWithArm(ours) ?? ''} against ${ours.printed.text} (${amount}${side})${machine}`;
}

/** The verdict on one number, or null for metrics that the paper has no numbers for. */
export function judge(ours: Quantity, where: Circumstances, rules: VerdictRules): Verdict | null {
  if (!isJudged(ours.metric, rules)) return null;
  const rule = rules.rules.find((candidate) => applies(candidate, ours, where, rules));
  if (!rule) throw new Error('Internal error: the last verdict rule applies to everything');
  return { outcome: rule.outcome, rule: rule.id, reason: reasonFor(rule, ours, where, rules) };
}
