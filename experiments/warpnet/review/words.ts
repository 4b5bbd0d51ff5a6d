/** Numbers and rows of the review's tables, as its answers speak of them. */
import { armOf, decimalsFor, fixed, signed, valueWithArm } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalOf, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import type { Interval } from '../../../harness/core/statistics.js';

export const speedUpOf = ({ quantity }: EvaluatedEntry): Quantity => quantity('rs');
export const errorOf = ({ quantity }: EvaluatedEntry): Quantity => quantity('error');

export const hasValue = ({ value }: Quantity): boolean => value !== null;

/** `25.6 ± 0.9 %`, with `projected` where it is not measured. */
export function percentText(quantity: Quantity): string {
  const text = (valueWithArm(quantity) ?? '–').replace(/%$/u, '');
  return `${text} %${quantity.provenance === 'projected' ? ' (projected)' : ''}`;
}

export interface Difference {
  readonly value: number;
  readonly interval: Interval;
}

/** `a - b` of numbers whose errors are independent: half widths add in squares. */
export function differenceOf(a: Quantity, b: Quantity): Difference {
  const value = (a.value ?? NaN) - (b.value ?? NaN);
  const [of, than] = [intervalOf(a), intervalOf(b)];
  const down = Math.hypot((a.value ?? NaN) - of.low, than.high - (b.value ?? NaN));
  const up = Math.hypot(of.high - (a.value ?? NaN), (b.value ?? NaN) - than.low);
  return { value, interval: { low: value - down, high: value + up } };
}

/** `+1.2 points (0.3 to 2.1)`. */
export function pointsText({ value, interval }: Difference): string {
  const places = decimalsFor(armOf(value, interval), 1);
  const [low, high] = [interval.low, interval.high].map((end) => fixed(end, places));
  return `${signed(value, places)} points (${low ?? ''} to ${high ?? ''})`;
}

/** Whether a difference is told from 0 by its interval. */
export const isClear = ({ interval: { low, high } }: Difference): boolean => low > 0 || high < 0;

export const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
