/**
 * The subprocess of one cell: `node dist/harness/run/worker/worker.js <run folder>`.
 * Exit codes: 0 `result.json` written; 1 wrong call or unreadable run folder; 3 `failure.json` written; 130 stopped on request.
 */
import { openParts } from './open-parts.js';
import { runSubprocess } from './subprocess.js';

await runSubprocess(openParts);
