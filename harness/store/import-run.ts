/** Copies a finished run of another machine into the store, the result last. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../core/files/atomic-write.js';
import { appendAttempt } from './attempts.js';
import { claimLease, listFolder, releaseLease } from './lease.js';
import type { JobResult } from '../kinds/index.js';
import { runFile, runFiles, runSchemaVersion } from './run-folder.js';
import type { RunStore } from './store.js';
import { makeFolder, writing } from '../core/files/write-problem.js';

/** What belongs to an attempt on the other machine and means nothing here. */
const notCopied = new Set<string>([runFiles.attempts, runFiles.result, runFiles.failure]);

/** False when somebody works on the same job here. @throws Problem DISK_FULL, NOT_WRITABLE */
export function importRun(from: string, target: RunStore, id: string, result: JobResult): boolean {
  const folder = target.folder(id);
  makeFolder(folder);
  const claim = claimLease(folder, { devices: '', slots: [] });
  if (!claim.claimed) return false;
  const { lease, superseded } = claim;
  try {
    for (const old of superseded) releaseLease(folder, old);
    for (const name of [runFiles.result, runFiles.failure]) rmSync(join(folder, name), { force: true });
    for (const name of listFolder(from))
      if (!notCopied.has(name) && !/^lease\.|\.tmp$/.test(name))
        writing(join(folder, name), () => {
          copyFileSync(join(from, name), join(folder, name));
        });
    appendAttempt(folder, {
      type: 'imported',
      schema: runSchemaVersion,
      generation: lease.generation,
      attempt: lease.attempt,
      at: new Date().toISOString(),
      host: result.environment.host,
    });
    writing(folder, () => {
      writeAtomically(runFile(folder, 'result'), `${JSON.stringify(result, null, 1)}\n`);
    });
    return true;
  } finally {
    releaseLease(folder, lease);
  }
}
