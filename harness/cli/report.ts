/** Writes the reports of a plan from what is stored, with everything of the paper that was measured before. */
import { join } from 'node:path';
import { terminalColumns } from '../core/terminal-columns.js';
import { formatDevices } from '../engine/devices/selection.js';
import { projectPlaces } from '../project/projections.js';
import { knownValidation } from '../project/validation/known-validation.js';
import {
  measurementsOf,
  readOutcomes,
  tablesOf,
  tableText,
  withFinishedTables,
  writeCsvs,
  writeReports,
  type Occasion,
  type Projection,
  type ReportContext,
  type ReportedPaper,
} from '../report/index.js';
import type { Surroundings } from '../run/surroundings.js';
import type { Failure } from '../store/failure.js';
import type { ExperimentArguments } from './options/options.js';
import type { Prepared } from './prepare.js';
import { reportFolder } from './tables-asked.js';
import { planOfPaper } from './whole-paper.js';

export interface Reported {
  readonly context: ReportContext;
  readonly files: readonly string[];
}

export interface Reporting extends Pick<ReportContext, 'latexOf' | 'keepNames' | 'figurePdf'> {
  readonly print: boolean;
  /** Failures of this call that may not be on disk. */
  readonly failed: ReadonlyMap<string, Failure>;
}

/**
 * Writes CSVs, tables and everything made of them, of the call and of all that was measured before, and prints the call's
 * table when it has only one. A matrix of the user's own is reported alone.
 * @throws Problem DISK_FULL, NOT_WRITABLE
 */
export async function report(
  prepared: Prepared<ReportedPaper>,
  args: ExperimentArguments,
  { messages, output }: Surroundings,
  { print, failed, latexOf, keepNames = false, figurePdf }: Reporting,
): Promise<Reported> {
  const { asked, store, folders, sizes, sizeOf, projector } = prepared;
  const { paper } = asked;
  const isDone = (id: string): boolean => store.state(id) === 'done';
  const own = new Set(prepared.plan.jobs.map(({ id }) => id));
  // Sizes of all the other tables' steps are not looked into where nothing of them can be shown.
  const hasMore = !asked.own && store.ids().some((id) => !own.has(id) && isDone(id));
  const plan = hasMore
    ? withFinishedTables(prepared.plan, await planOfPaper(prepared, args.projection), isDone)
    : prepared.plan;
  const folder = reportFolder(folders.reports, plan.profile, asked);
  const outcomes = readOutcomes(plan.jobs, store, (message) => messages.write(`${message}\n`));
  for (const [id, failure] of failed) if (!outcomes.get(id)?.result) outcomes.set(id, { failure });
  const validation = await knownValidation({ projector, plan, outcomes, reports: folders.reports });
  const projections = args.projection
    ? await projectPlaces({ projector, plan, outcomes, validation })
    : new Map<string, Projection>();
  const occasion = occasionOf(prepared, args);
  const context = {
    paper,
    plan,
    outcomes,
    projections,
    validation,
    sizeOf,
    reports: folders.reports,
    folder,
    occasion,
    ...(latexOf && { latexOf }),
    keepNames,
    ...(figurePdf && { figurePdf }),
  };
  const csvs = writeCsvs({ plan, outcomes, projections, validation }, folder, keepNames);
  const files = [...csvs, ...(await sizes.answer(() => writeReports(context)))];
  if (print) {
    const measurements = measurementsOf(outcomes);
    const [only, ...more] = tablesOf({ paper, plan: prepared.plan, measurements, projections, sizeOf });
    if (only && more.length === 0)
      output.write(`${tableText(only, terminalColumns(output), join(folder, `${only.id}.md`))}\n`);
    messages.write(`Reports are in ${folder}\n`);
  }
  return { context, files };
}

/** How the report came to be, as far as the command line knows it. */
function occasionOf({ hardware, selected }: Prepared, args: ExperimentArguments): Partial<Occasion> {
  const options = Object.entries(args)
    // yargs gives each option under its name and in camel case.
    .filter(([name, value]) => /^[a-zA-Z]+$/.test(name) && value !== undefined && name !== '$0')
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(' ') : (value as string | number | boolean)]);
  return {
    options: Object.fromEntries(options) as Record<string, string | number | boolean>,
    machine: {
      cpu: hardware.cpu,
      cores: hardware.cores.length,
      memoryBytes: hardware.memoryBytes,
      gpus: hardware.gpus.map(({ model }) => model).join(', ') || null,
      driver: hardware.gpus[0]?.driver ?? null,
      devices: formatDevices(selected.selection),
    },
  };
}
