/** `reproduce report …`: writes the reports from what has been measured so far, and runs nothing. */
import { join, resolve } from 'node:path';
import { formatDevices } from '../experiment/devices.js';
import {
  compareReports,
  comparisonText,
  tablesOf,
  tableText,
  verificationText,
  verifyBundle,
  writeBundle,
  writeReports,
  type Occasion,
  type Projection,
  type ReportContext,
} from '../report/index.js';
import { measurementsOf } from '../report/measurements.js';
import type { Failure } from '../result/failure.js';
import { exitCodes } from './exit-codes.js';
import type { ExperimentArguments } from './options.js';
import { allByDefault, prepare, type Prepared } from './prepare.js';
import type { Surroundings } from './surroundings.js';
import { projectPlaces } from './projections.js';
import { withFinishedTables } from './finished-tables.js';
import { readOutcomes, writeCsvs } from './write-results.js';

export interface ReportArguments extends ExperimentArguments {
  /** Whether speed-ups that cannot be measured here are projected. */
  readonly projection: boolean;
  /** A zip to write. */
  readonly bundle?: string | undefined;
  /** Do not redact user, host and home in the bundle. */
  readonly keepNames: boolean;
  /** A bundle to check. */
  readonly verify?: string | undefined;
  /** Two report folders or bundles. */
  readonly compare?: readonly string[] | undefined;
}

/** Resolves to the exit code; 2 for a bundle that is not as it should be. */
export async function reportCommand(args: ReportArguments, surroundings: Surroundings): Promise<number> {
  const { output } = surroundings;
  if (args.verify !== undefined) {
    const verification = verifyBundle(resolve(args.verify));
    output.write(args.json ? `${JSON.stringify(verification, null, 2)}\n` : verificationText(verification));
    return verification.findings.length > 0 ? exitCodes.failed : exitCodes.done;
  }
  const [a, b] = args.compare ?? [];
  if (a !== undefined && b !== undefined) {
    const comparison = compareReports(resolve(a), resolve(b));
    output.write(args.json ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison));
    return exitCodes.done;
  }
  const prepared = await prepare(allByDefault(args), surroundings);
  const { context, files } = await report(prepared, args, surroundings, { print: !args.json, failed: new Map() });
  const bundle = args.bundle === undefined ? undefined : resolve(args.bundle);
  if (bundle !== undefined) writeBundle(context, bundle, { keepNames: args.keepNames });
  if (args.json) output.write(`${JSON.stringify({ files, bundle: bundle ?? null }, null, 2)}\n`);
  else if (bundle !== undefined) surroundings.messages.write(`Bundle: ${bundle}\n`);
  return exitCodes.done;
}

export interface Reported {
  readonly context: ReportContext;
  readonly files: readonly string[];
}

/**
 * Writes CSVs, tables and everything made of them, of the call and of all that was measured before, and prints the call's
 * table when it has only one.
 * `failed`: failures of this call that may not be on disk.
 * @throws Problem DISK_FULL, NOT_WRITABLE
 */
export async function report(
  prepared: Prepared,
  args: ExperimentArguments & { readonly projection: boolean },
  surroundings: Surroundings,
  { print, failed }: { readonly print: boolean; readonly failed: ReadonlyMap<string, Failure> },
): Promise<Reported> {
  const { messages, output } = surroundings;
  const { store, folders } = prepared;
  const plan = await withFinishedTables(prepared, args.projection, surroundings);
  const folder = join(folders.reports, plan.profile);
  const outcomes = readOutcomes(plan.cells, store, (message) => messages.write(`${message}\n`));
  for (const [id, failure] of failed) if (!outcomes.get(id)?.result) outcomes.set(id, { failure });
  const projections = args.projection ? await projectPlaces(plan, outcomes, folder) : new Map<string, Projection>();
  const occasion = occasionOf(prepared, args);
  const context: ReportContext = { plan, outcomes, folder, projections, runs: folders.runs, occasion };
  const files = [...writeCsvs(plan, outcomes, folder), ...(await writeReports(context))];
  if (print) {
    const [only, ...more] = tablesOf(prepared.plan, measurementsOf(outcomes), projections);
    if (only && more.length === 0) output.write(`${tableText(only, output.columns)}\n`);
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
