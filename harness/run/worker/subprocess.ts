/**
 * The subprocess of one job; the program's entry calls it with its papers. The command line is the run folder.
 */
import { Problem } from '../../core/problem.js';
import { runJob, type Worker } from './run-job.js';
import { workerExits } from './worker-exit.js';

/** Runs the job of the folder that the command line names, and ends the process. */
export async function runWorker(worker: Worker): Promise<never> {
  try {
    const folder = process.argv[2];
    if (folder === undefined) throw new Problem('USAGE', 'a worker wants the run folder as its argument');
    const outcome = await runJob(folder, worker, stopOnRequest(), warn);
    // Not left to an empty event loop: a library's threads must not keep a finished worker alive.
    return process.exit(workerExits[outcome]);
  } catch (error) {
    warn(
      error instanceof Problem
        ? `${error.code}: ${error.message}`
        : String(error instanceof Error ? error.stack : error),
    );
    return process.exit(workerExits.unusable);
  }
}

/**
 * The first SIGINT, SIGTERM or SIGUSR1 (which clusters send ahead of a time limit) asks for a checkpoint and an end. Further ones change nothing, for a terminal's Ctrl-C and the
 * scheduler's request may both arrive: whoever will not wait kills.
 */
function stopOnRequest(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGUSR1'] as const) {
    process.on(signal, () => {
      stop.abort();
    });
  }
  return stop.signal;
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
