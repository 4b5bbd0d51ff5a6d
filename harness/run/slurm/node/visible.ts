/** Waits until what a node wrote is seen here: shared file systems show it a little later. */
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFile } from '../../../store/run-folder.js';
import { hasResult } from '../../../store/state.js';

const pauseSeconds = 0.2;

/** Resolves when something is there, or after `seconds`. */
export async function untilThere(there: () => boolean, seconds: number): Promise<void> {
  for (let waited = 0; !there() && waited < seconds; waited += pauseSeconds) await sleep(pauseSeconds * 1000);
}

/** Resolves when a run's folder holds what the exit code of its job promises, or after `seconds`. */
export function untilVisible(folder: string, exitCode: number | null, seconds: number): Promise<void> {
  return untilThere(() => {
    // Listing a folder makes a client of NFS ask for its entries again.
    readdirSync(folder);
    if (exitCode !== 0 && exitCode !== 3) return true;
    return hasResult(folder) || (exitCode === 3 && existsSync(runFile(folder, 'failure')));
  }, seconds);
}
