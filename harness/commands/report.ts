/** `reproduce report …`: writes the reports from what has been measured so far, and runs nothing. */
import { join } from 'node:path';
import { tablesOf, tableText, writeReports } from '../report/index.js';
import { measurementsOf } from '../report/measurements.js';
import type { Failure } from '../result/failure.js';
import { exitCodes } from './exit-codes.js';
import type { ExperimentArguments } from './options.js';
import { prepare, type Prepared } from './prepare.js';
import type { Surroundings } from './surroundings.js';
import { readOutcomes, writeCsvs } from './write-results.js';

export interface Reported {
  readonly files: readonly string[];
}

export async function reportCommand(args: ExperimentArguments, surroundings: Surroundings): Promise<number> {
  const prepared = await prepare(args, surroundings);
  const reported = await report(prepared, args, surroundings, new Map());
  if (args.json) surroundings.output.write(`${JSON.stringify(reported, null, 2)}\n`);
  return exitCodes.done;
}

/**
 * Writes CSVs, tables and everything made of them, and prints the table when there is only one.
 * `failed`: failures of this call that may not be on disk.
 * @throws Problem DISK_FULL, NOT_WRITABLE
 */
export async function report(
  prepared: Prepared,
  args: Pick<ExperimentArguments, 'json'>,
  { messages, output }: Surroundings,
  failed: ReadonlyMap<string, Failure>,
): Promise<Reported> {
  const { plan, store, folders } = prepared;
  const folder = join(folders.reports, plan.profile);
  const outcomes = readOutcomes(plan.cells, store, (message) => messages.write(`${message}\n`));
  for (const [id, failure] of failed) if (!outcomes.get(id)?.result) outcomes.set(id, { failure });
  const csvs = writeCsvs(plan, outcomes, folder);
  const files = [...csvs, ...(await writeReports({ plan, outcomes, folder }))];
  if (!args.json) {
    const [only, ...more] = tablesOf(plan, measurementsOf(outcomes));
    if (only && more.length === 0) output.write(`${tableText(only, output.columns)}\n`);
    messages.write(`Reports are in ${folder}\n`);
  }
  return { files };
}
