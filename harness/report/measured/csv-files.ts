/**
 * A CSV a kind of work with every measurement behind the tables of a plan, in the plan's order. They are made of results and
 * nothing else, so that writing them again gives the same bytes.
 */
import { stringify } from 'csv-stringify/sync';
import { kindOf, kinds, type Job, type JobResult } from '../../kinds/index.js';
import type { CsvValue } from '../../kinds/csv.js';
import { inertField } from '../render/inert-field.js';

/** Names of machines, networks and rows are text that somebody else may have written. */
const inertRecord = (record: readonly CsvValue[]): CsvValue[] =>
  record.map((value) => (typeof value === 'string' ? inertField(value) : value));

/** Texts by file name: `errors.csv`, `timing.csv` … Jobs without a result have no rows. */
export function measuredCsvs(
  jobs: readonly Job[],
  resultOf: (id: string) => JobResult | null,
): ReadonlyMap<string, string> {
  const records = new Map<string, CsvValue[][]>(
    kinds.map(({ csv }) => [csv.file, [csv.columns.map(({ name }) => name)]]),
  );
  for (const job of jobs) {
    const result = resultOf(job.id);
    const { csv, kind } = kindOf(job);
    if (result?.kind === kind) records.get(csv.file)?.push(...csv.records(job, result).map(inertRecord));
  }
  return new Map([...records].map(([file, rows]) => [file, stringify(rows)]));
}
