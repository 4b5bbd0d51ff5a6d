/** `reproduce table2 …`: runs what is not there yet, then writes the reports, whatever came of it. */
import { calibrationCells, hoursByTable, measuredSteps } from '../../run/estimate/calibration.js';
import { estimatesFor } from '../../run/estimate/experience.js';
import { detachCells } from '../../run/slurm/detach-cells.js';
import { exitCodes } from '../exit-codes.js';
import type { RunArguments } from '../options.js';
import { prepare, type Prepared } from '../prepare.js';
import { report } from './report.js';
import { runCells, tellTheRest, type CellsRun } from '../../run/run-cells.js';
import type { Surroundings } from '../surroundings.js';

/** Runs the command and resolves to the exit code. */
export async function reproduce(args: RunArguments, surroundings: Surroundings): Promise<number> {
  const prepared = await prepare(args, surroundings);
  if (args.detach) {
    const steps = measuredSteps(calibrationCells(prepared.cells, prepared.machine), prepared.store);
    return detachCells(prepared, args, surroundings, new Set(), steps);
  }
  const run = await runEstimated(prepared, args, surroundings);
  // Whoever stopped the program wants his prompt back; the files are written all the same.
  const print = !args.json && run.exitCode !== exitCodes.interrupted;
  const { files } = await report(prepared, args, surroundings, { print, failed: run.outcome.failed });
  if (args.json) surroundings.output.write(`${JSON.stringify({ ...run.summary, files }, null, 2)}\n`);
  else tellTheRest(run, surroundings);
  return run.exitCode;
}

/** Runs the cells; where they are days of work, it is measured first how many. */
async function runEstimated(prepared: Prepared, args: RunArguments, surroundings: Surroundings): Promise<CellsRun> {
  const { profile, cells, store, selected, machine, plan } = prepared;
  if (profile !== 'paper') return runCells(prepared, args, surroundings);
  const left = cells.filter(({ id }) => store.state(id) !== 'done');
  const calibration = calibrationCells(left, machine);
  const missing = calibration.filter(({ id }) => store.state(id) !== 'done');
  if (missing.length > 0) {
    if (!args.quiet)
      surroundings.messages.write(`First a few steps of ${missing.length} networks, to tell how long all will take.\n`);
    const run = await runCells({ ...prepared, cells: missing }, args, surroundings);
    if (run.exitCode === exitCodes.interrupted) return run;
  }
  const steps = measuredSteps(calibration, store);
  if (!args.quiet && left.length > 0) {
    const tables = hoursByTable(plan.tables, left, estimatesFor(cells, store, selected, steps));
    const total = tables.reduce((sum, { hours }) => sum + hours, 0);
    for (const { table, hours } of [...tables, { table: 'in all', hours: total }])
      surroundings.messages.write(`  ${table.padEnd(10)}${hours.toFixed(1).padStart(9)} device hours\n`);
  }
  return runCells(prepared, args, surroundings, new Set(), steps);
}
