/** A worker as a process: its argument, its signals, its exit code. */
import { Problem } from '../../core/problem.js';
import type { PartsOpener } from './cell-parts.js';
import { runCell, type Outcome } from './run-cell.js';

/** 1 is left: a wrong call, or a run folder that cannot be read. */
const exitCodes: Readonly<Record<Outcome, number>> = { finished: 0, failed: 3, stopped: 130 };

/** Runs the cell of the folder that the command line names, and ends the process. */
export async function runSubprocess(opener: PartsOpener): Promise<never> {
  try {
    const folder = process.argv[2];
    if (folder === undefined) throw new Problem('USAGE', 'a worker wants the run folder as its argument');
    const outcome = await runCell(folder, opener, stopOnRequest(), warn);
    // Not left to an empty event loop: a library's threads must not keep a finished worker alive.
    return process.exit(exitCodes[outcome]);
  } catch (error) {
    warn(
      error instanceof Problem
        ? `${error.code}: ${error.message}`
        : String(error instanceof Error ? error.stack : error),
    );
    return process.exit(1);
  }
}

/** The first SIGINT or SIGTERM asks for a checkpoint and an end. Further ones change nothing, for a terminal's Ctrl-C and the
 * scheduler's request may both arrive: whoever will not wait kills. */
function stopOnRequest(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop.abort();
    });
  }
  return stop.signal;
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
