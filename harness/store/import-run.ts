/** Copies a finished run of another machine into the store, the result last. */
import { lstatSync, readdirSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { copyRegular } from '../core/files/copy-regular.js';
import { writeAtomically } from '../core/files/atomic-write.js';
import { makeFolder } from '../core/files/make-folder.js';
import { writing } from '../core/files/write-problem.js';
import { Problem } from '../core/problem.js';
import type { JobResult } from '../kinds/index.js';
import { appendAttempt } from './attempts.js';
import { claimLease, releaseLease } from './lease.js';
import { runFile, runFiles, runSchemaVersion } from './run-folder.js';
import type { RunStore } from './store.js';

/** What belongs to an attempt on the other machine and means nothing here. */
const notCopied = new Set<string>([runFiles.attempts, runFiles.result, runFiles.failure]);

/** What a run leaves, profiles of rows among it. */
const known = new Set<string>(Object.values(runFiles));
const isKnown = (name: string): boolean =>
  !notCopied.has(name) && (known.has(name) || /^trace(\..+)?\.(json|svg)$/.test(name));

/** Leases, half-written files and curves for TensorBoard are the other machine's own. */
const isTheirs = (entry: Dirent): boolean =>
  /^lease\.|\.tmp$/.test(entry.name) || (entry.name === 'tensorboard' && entry.isDirectory());

/**
 * Copies the files that a run is known to leave, and nothing else.
 * @returns false when somebody works on the same job here
 * @throws Problem IMPORT_REFUSED where there is anything but regular files: then nothing of it stays; DISK_FULL, NOT_WRITABLE
 */
export function importRun(from: string, target: RunStore, id: string, result: JobResult): boolean {
  const entries = readdirSync(from, { withFileTypes: true }).filter((entry) => !isTheirs(entry));
  for (const entry of entries) refuseIrregular(entry, from);
  const names = entries.map(({ name }) => name).filter(isKnown);
  const folder = target.folder(id);
  const isNew = lstatSync(folder, { throwIfNoEntry: false }) === undefined;
  makeFolder(folder);
  const claim = claimLease(folder, { devices: '', slots: [] });
  if (!claim.claimed) return false;
  const { lease, superseded } = claim;
  let whole = false;
  try {
    for (const old of superseded) releaseLease(folder, old);
    for (const name of [runFiles.result, runFiles.failure]) rmSync(join(folder, name), { force: true });
    for (const name of names) copyRegular(join(from, name), join(folder, name));
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
    whole = true;
    return true;
  } finally {
    // Half a run is none; under the lease nobody else has begun one there.
    if (!whole && isNew) rmSync(folder, { recursive: true, force: true });
    else if (!whole) for (const name of names) rmSync(join(folder, name), { force: true });
    releaseLease(folder, lease);
  }
}

function refuseIrregular(entry: Dirent, from: string): void {
  if (entry.isFile()) return;
  const what = entry.isSymbolicLink() ? 'a link' : entry.isDirectory() ? 'a folder' : 'no regular file';
  throw new Problem(
    'IMPORT_REFUSED',
    `${join(from, entry.name)} is ${what}, which no run leaves`,
    'Take it out, should the rest be of a run.',
  );
}
