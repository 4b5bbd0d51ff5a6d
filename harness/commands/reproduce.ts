/** `reproduce table2 …`: runs what is not there yet, then writes the reports, whatever came of it. */
import type { RunArguments } from './options.js';
import { prepare } from './prepare.js';
import { report } from './report.js';
import { runCells } from './run-cells.js';
import type { Surroundings } from './surroundings.js';

/** Runs the command and resolves to the exit code. */
export async function reproduce(args: RunArguments, surroundings: Surroundings): Promise<number> {
  const prepared = await prepare(args, surroundings);
  const { outcome, exitCode, summary } = await runCells(prepared, args, surroundings);
  const { files } = await report(prepared, args, surroundings, outcome.failed);
  if (args.json) surroundings.output.write(`${JSON.stringify({ ...summary, files }, null, 2)}\n`);
  return exitCode;
}
