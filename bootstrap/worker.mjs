#!/usr/bin/env node
/** The subprocess of one job, with the papers of `experiments/`: `node bootstrap/worker.mjs <run folder>`. */
import { built } from './project.mjs';

// A queue may start it without the program's environment.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';

const [{ papers }, { runWorker }] = await Promise.all([
  built('experiments', 'index.js'),
  built('harness', 'run', 'worker', 'subprocess.js'),
]);
await runWorker({ papers });
