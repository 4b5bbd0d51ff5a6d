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
export const modelledLabel = (protocol: string): string => `modelled (${protocol})`;

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

/** Protocols under which a model of the paper's hardware gives numbers of these metrics. */
export const modelledProtocols = (
  places: readonly EvaluatedEntry[],
  metrics: readonly MetricId[],
  protocols: readonly string[],
): string[] =>
  protocols.filter((protocol) =>
    places.some(({ entry, modelled }) => entry.protocol === protocol && metrics.some((id) => modelled(id) !== null)),
  );

/** Which numbers of ours stand beside the printed ones: names of protocols. */
export interface Compared {
  readonly protocols: readonly string[];
  readonly modelled: readonly string[];
}

/** Columns of one group: what is printed, ours under each protocol, and what a model of the paper's hardware gives. */
export const comparisonColumns = (group: string, { protocols, modelled }: Compared): Column[] => [
  { group, label: printedLabel, protocol: null, source: 'printed' },
  ...protocols.map((protocol): Column => ({ group, label: oursLabel(protocol), protocol, source: 'ours' })),
  ...modelled.map((protocol): Column => ({ group, label: modelledLabel(protocol), protocol, source: 'modelled' })),
];

/** The cells under `comparisonColumns`: of each, one number a metric. */
export function comparisonCells(
  places: readonly EvaluatedEntry[],
  metrics: readonly MetricId[],
  { protocols, modelled, printed, metric }: Compared & Pick<Arranged, 'printed' | 'metric'>,
): Cell[] {
  const under = (protocol: string) => places.find(({ entry }) => entry.protocol === protocol);
  const of = metrics.map(metric);
  return [
    numbers(...of.map((own) => printedOf(places[0]?.entry, own, printed))),
    ...protocols.map((protocol) => numbers(...of.map((own) => oursAt(under(protocol), own)))),
    ...modelled.map((protocol) => numbers(...metrics.flatMap((id) => under(protocol)?.modelled(id) ?? []))),
  ];
}
