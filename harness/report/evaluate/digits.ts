/** How many digits a number deserves: those that its interval leaves standing. */
import type { Interval } from '../../core/statistics.js';
import { isUnchecked, type Quantity } from './quantity.js';

/** The larger arm of an interval around a value, so that `value ± arm` claims no more than the interval does. */
export const armOf = (value: number, interval: Interval): number =>
  Math.max(interval.high - value, value - interval.low, 0);

/** Decimals of a value whose uncertainty is `arm`: two significant digits of `arm` while they start with 1 or 2, else one. */
export function decimalsFor(arm: number, most: number): number {
  if (!(arm > 0)) return most;
  const exponent = Math.floor(Math.log10(arm));
  const significant = arm / 10 ** exponent < 2.95 ? 2 : 1;
  return Math.min(most, Math.max(0, significant - 1 - exponent));
}

/** Fixed decimals with a true minus sign and no negative zero. */
export function fixed(value: number, places: number): string {
  const text = Math.abs(value).toFixed(places);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export function signed(value: number, places: number): string {
  const text = fixed(value, places);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `18,615,258`. */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** How many of a metric's units make one of those that its title names: bytes are shown as millions. */
const unitsShown = ({ metric }: Quantity): number => (metric.unit === 'bytes' ? 1e6 : 1);

export function placesOf(quantity: Quantity): number {
  const { usual, most } = quantity.metric.decimals;
  if (quantity.byDefinition || quantity.value === null) return 0;
  if (quantity.interval) return decimalsFor(armOf(quantity.value, quantity.interval) / unitsShown(quantity), most);
  return isUnchecked(quantity) ? 0 : usual;
}

/** The value alone: printed digits where the paper printed them. Null where there is none. */
export function valueDigits(quantity: Quantity): string | null {
  if (quantity.value === null) return null;
  if (quantity.provenance === 'cited' && quantity.printed) return quantity.printed.text;
  if (quantity.metric.unit === 'count') return grouped(quantity.value);
  return `${fixed(quantity.value / unitsShown(quantity), placesOf(quantity))}${quantity.metric.sign}`;
}

/** The arm of the interval, `0.9`; null where there is no interval. */
export function armDigits(quantity: Quantity): string | null {
  if (quantity.value === null || quantity.interval === null) return null;
  return fixed(armOf(quantity.value, quantity.interval) / unitsShown(quantity), placesOf(quantity));
}

/** `25.6 ± 0.9`, `24 ± 3%`. */
export function valueWithArm(quantity: Quantity): string | null {
  const value = valueDigits(quantity);
  const arm = armDigits(quantity);
  if (value === null || arm === null) return value;
  return value.endsWith('%') ? `${value.slice(0, -1)} ± ${arm}%` : `${value} ± ${arm}`;
}

/** Ours minus printed, with its sign; at least a tenth of a point, and counts whole. Null where nothing is compared. */
export function differenceDigits(quantity: Quantity): string | null {
  if (quantity.difference === null) return null;
  return signed(
    quantity.difference / unitsShown(quantity),
    quantity.metric.unit === 'count' ? 0 : Math.max(1, placesOf(quantity)),
  );
}
