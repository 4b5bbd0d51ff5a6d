/** Files that are either the old version or the new one, whole, whatever happens in between. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { writing } from './write-problem.js';

type Data = string | Uint8Array | Iterable<string | Uint8Array>;

/**
 * Writes a file by way of a temporary one beside it: write, fsync, rename, fsync of the folder. Synchronous, so that no
 * signal handler or timer runs half-way.
 * @throws Problem DISK_FULL, NOT_WRITABLE; the old file is then untouched.
 */
export function writeAtomically(path: string, data: Data): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writing(path, () => {
    try {
      writeWhole(temporary, typeof data === 'string' || data instanceof Uint8Array ? [data] : data);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(path));
  });
}

function writeWhole(path: string, pieces: Iterable<string | Uint8Array>): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeAll(file, piece);
    fsyncSync(file);
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
