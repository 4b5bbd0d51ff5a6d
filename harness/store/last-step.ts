/** Up to which step a run that did not finish can be gone on from. */
import type { WorkerEvent } from './events.js';
import { readJsonLines } from '../core/files/json-lines.js';
import { runFile } from './run-folder.js';
import { isDamage } from './stored-json.js';

/** The step of the last checkpoint that the worker told of; null where there is none, or where that cannot be read. */
export function lastStep(folder: string): number | null {
  let last: number | null = null;
  try {
    // Trusted: written by our own worker.
    for (const event of readJsonLines(runFile(folder, 'events'), (value) => value as WorkerEvent))
      if (event.type === 'checkpointed' || event.type === 'stopped') last = event.step;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return last;
}
