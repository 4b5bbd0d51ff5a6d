/** Files that are either the old version or the new one, whole, whatever happens in between. */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasProcess, startTimeOf } from '../process/process-identity.js';
import { writing } from './write-problem.js';

type Data = string | Uint8Array | Iterable<string | Uint8Array>;

/**
 * Writes a file by way of a temporary one beside it: write, fsync, rename, fsync of the folder. Synchronous, so that no
 * signal handler or timer runs half-way.
 * @param options durable: false for what can be made again: readers never see half of it, and the disk is not waited for
 * @throws Problem DISK_FULL, NOT_WRITABLE; the old file is then untouched.
 */
export function writeAtomically(path: string, data: Data, { durable = true } = {}): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writing(path, () => {
    try {
      writeWhole(temporary, typeof data === 'string' || data instanceof Uint8Array ? [data] : data, durable);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    if (durable) syncFolder(dirname(path));
  });
}

/** Deletes what writers that were killed left in a folder. */
export function removeTemporaries(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && startTimeOf(Number(pid)) === null && !hasProcess(Number(pid)))
      rmSync(join(folder, name), { force: true });
  }
}

function writeWhole(path: string, pieces: Iterable<string | Uint8Array>, durable: boolean): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeAll(file, piece);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  // One write may take less than all: at 2 GiB at the latest, or just before the disk is full.
  for (let done = 0; done < bytes.byteLength;) done += writeSync(file, bytes, done, bytes.byteLength - done);
}

/** Makes a rename in `folder` survive a power cut. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
