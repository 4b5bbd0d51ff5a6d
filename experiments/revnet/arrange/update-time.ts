/** How much longer an update takes than another one, from speed-ups against a baseline that both were timed beside. */
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import {
  intervalOf,
  missing,
  quantity,
  type MetricFacts,
  type Quantity,
} from '../../../harness/report/evaluate/quantity.js';
import { plainPass, unitsOf } from './passes.js';

const facts = (id: string, than: string): MetricFacts => ({
  id,
  title: `Step time, times that of ${than}`,
  short: 'times',
  plural: `Step times, times that of ${than}`,
  unit: 'ratio',
  sign: '',
  better: 'lower',
  decimals: { usual: 2, most: 2 },
  sample: ['step', 'steps'],
  summarised: false,
});
const toBaseline = facts('times-resnet', 'the ResNet of its size');
const toPlain = facts('times-plain', 'the plain pass on the same RevNet');

/** Against the ResNet of the same size, which is timed in turns with it: 1 - RS. */
export function timesResnet(place: EvaluatedEntry): Quantity {
  const rs = place.quantity('rs');
  if (rs.value === null) return missing(toBaseline, rs.absence ?? 'not-run-yet');
  const { low, high } = intervalOf(rs);
  return quantity({
    ...rs,
    metric: toBaseline,
    value: 1 - rs.value / 100,
    interval: rs.interval && { low: 1 - high / 100, high: 1 - low / 100 },
    notes: [],
  });
}

/**
 * Against the plain pass on the same RevNet: both were timed in turns with the same ResNet, in jobs of their own, so this is the
 * ratio of two ratios; their relative arms are added as independent ones are.
 */
export function timesPlain(place: EvaluatedEntry, places: readonly EvaluatedEntry[]): Quantity {
  const plain = places.find(
    ({ entry }) => entry.protocol === plainPass && entry.printed?.key === place.entry.printed?.key,
  );
  const [own, other] = [timesResnet(place), plain && timesResnet(plain)];
  if (own.value === null || other === undefined || other.value === null)
    return missing(toPlain, own.absence ?? other?.absence ?? 'not-run-yet');
  if (place === plain) return quantity({ metric: toPlain, provenance: 'measured', value: 1, byDefinition: true });
  const value = own.value / other.value;
  const armOf = (of: Quantity): number => {
    const { low, high } = intervalOf(of);
    return (high - low) / 2 / (of.value ?? NaN);
  };
  const arm = value * Math.hypot(armOf(own), armOf(other));
  const known = own.interval !== null && other.interval !== null;
  return quantity({
    ...own,
    metric: toPlain,
    value,
    interval: known ? { low: value - arm, high: value + arm } : null,
    jobs: [...own.jobs, ...other.jobs],
  });
}

/** `1.33 (3), 1.35 (6)`: values by units a stage. */
export const alongUnits = (places: readonly EvaluatedEntry[], of: (place: EvaluatedEntry) => string): string =>
  places.map((place) => `${of(place)} (${unitsOf(place)})`).join(', ');
