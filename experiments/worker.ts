/** The subprocess of one job: `node dist/experiments/worker.js <run folder>`. */
import { runWorker } from '../harness/run/worker/subprocess.js';
import { papers } from './index.js';

await runWorker({ papers });
