/** The digits of a number at a glance: units stand in the head of its column. */
import { armDigits, valueDigits } from '../evaluate/digits.js';
import type { Quantity } from '../evaluate/quantity.js';

export interface NumberText {
  /** `−5.5`, `18,615,258`; null where there is none. */
  readonly value: string | null;
  /** `0.8`; null without an interval. */
  readonly arm: string | null;
}

export const numberText = (quantity: Quantity): NumberText => ({
  value: valueDigits(quantity)?.replace(/%$/u, '') ?? null,
  arm: armDigits(quantity),
});
