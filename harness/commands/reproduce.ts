/** `reproduce table2 …`: runs what is not there yet, then writes the reports, whatever came of it. */
import { exitCodes } from './exit-codes.js';
import type { RunArguments } from './options.js';
import { prepare } from './prepare.js';
import { report } from './report.js';
import { runCells, tellTheRest } from './run-cells.js';
import type { Surroundings } from './surroundings.js';

/** Runs the command and resolves to the exit code. */
export async function reproduce(args: RunArguments, surroundings: Surroundings): Promise<number> {
  const prepared = await prepare(args, surroundings);
  const run = await runCells(prepared, args, surroundings);
  // Whoever stopped the program wants his prompt back; the files are written all the same.
  const print = !args.json && run.exitCode !== exitCodes.interrupted;
  const { files } = await report(prepared, args, surroundings, { print, failed: run.outcome.failed });
  if (args.json) surroundings.output.write(`${JSON.stringify({ ...run.summary, files }, null, 2)}\n`);
  else tellTheRest(run, surroundings);
  return run.exitCode;
}
