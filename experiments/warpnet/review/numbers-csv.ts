/** The numbers of a table that has many a place, one a row, with the jobs that they rest on. */
import { stringify } from 'csv-stringify/sync';
import type { Quantity } from '../../../harness/report/evaluate/quantity.js';
import { inertField } from '../../../harness/report/render/inert-field.js';

export interface ListedNumber {
  readonly network: string;
  /** Layers, units or lengths. */
  readonly where: string;
  readonly what: string;
  /** Mode of batch normalisation; empty where it makes no difference. */
  readonly variant: string;
  /** Training steps done. */
  readonly step: number;
  readonly quantity: Quantity;
}

const header = [
  ...['network', 'where', 'what', 'batch_norm', 'step', 'metric', 'unit'],
  ...['value', 'low', 'high', 'interval_over', 'n', 'jobs'],
];

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(7)));

export const numbersCsv = (listed: readonly ListedNumber[]): string =>
  stringify([
    header,
    ...listed.map(({ network, where, what, variant, step, quantity }) => [
      ...[inertField(network), inertField(where), inertField(what), variant, String(step)],
      ...[quantity.metric.id, quantity.metric.unit],
      ...[digits(quantity.value), digits(quantity.interval?.low), digits(quantity.interval?.high)],
      ...[quantity.intervalOver ?? '', digits(quantity.n), quantity.jobs.join(' ')],
    ]),
  ]);
