/** The command of the worker that the program's entry gives. */
import { inProject } from '../../harness/core/project.js';

export const realWorker: readonly string[] = [process.execPath, inProject('bootstrap', 'worker.mjs')];
