/** Columns `printed | ours (protocol) …` and the cells under them. */
import type { PrintedNumbers } from '../../plan/paper/printed.js';
import type { PlannedEntry } from '../../plan/plan.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { citedQuantity, missing, type MetricId, type Quantity } from '../evaluate/quantity.js';
import type { Metric } from '../metrics/metric.js';
import { printedNumber } from '../metrics/printed-number.js';
import { numbers, type Cell, type Column } from '../model.js';
import type { Arranged } from './arrangement.js';

export const printedLabel = 'printed';
export const oursLabel = (protocol: string): string => `ours (${protocol})`;

export const protocolsShown = (places: readonly EvaluatedEntry[], planned: readonly string[]): string[] => [
  ...new Set([...planned, ...places.map(({ entry }) => entry.protocol)]),
];

/** A number of ours; where no place has it, the table says so. */
export const oursAt = (place: EvaluatedEntry | undefined, metric: Metric): Quantity =>
  place?.quantity(metric.id) ?? missing(metric, 'left-out', { notes: ['Not part of this experiment.'] });

/** The printed number of a place, as a column of the paper's. */
export function printedOf(entry: PlannedEntry | undefined, metric: Metric, printed: PrintedNumbers): Quantity {
  if (entry === undefined) return citedQuantity(metric, null);
  const note = (entry.published === null ? undefined : printed.rows.get(entry.published)?.note) ?? 'see the row';
  return citedQuantity(metric, printedNumber(entry, metric.id, printed), [
    `Hard to read in the text available: ${note}`,
  ]);
}

/** Columns of one group: what is printed, and ours under each protocol. */
export const comparisonColumns = (group: string, protocols: readonly string[]): Column[] => [
  { group, label: printedLabel, protocol: null },
  ...protocols.map((protocol) => ({ group, label: oursLabel(protocol), protocol })),
];

/** The cells under `comparisonColumns`: of each, one number a metric. */
export function comparisonCells(
  places: readonly EvaluatedEntry[],
  metrics: readonly MetricId[],
  { protocols, printed, metric }: Pick<Arranged, 'protocols' | 'printed' | 'metric'>,
): Cell[] {
  const of = metrics.map(metric);
  return [
    numbers(...of.map((own) => printedOf(places[0]?.entry, own, printed))),
    ...protocols.map((protocol) => {
      const place = places.find(({ entry }) => entry.protocol === protocol);
      return numbers(...of.map((own) => oursAt(place, own)));
    }),
  ];
}
