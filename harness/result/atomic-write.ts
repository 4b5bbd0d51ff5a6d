/** Files that are either the old version or the new one, whole, whatever happens in between. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../problem.js';

type Data = string | Uint8Array | Iterable<string | Uint8Array>;

/**
 * Writes a file by way of a temporary one beside it: write, fsync, rename, fsync of the folder. Synchronous, so that no
 * signal handler or timer runs half-way.
 * @throws Problem DISK_FULL when the file system is full or a quota is used up; the old file is then untouched.
 */
export function writeAtomically(path: string, data: Data): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      for (const piece of typeof data === 'string' || data instanceof Uint8Array ? [data] : data) writeAll(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asDiskFull(error, path);
  }
  syncFolder(dirname(path));
}

/** A Problem DISK_FULL where `error` says so, else `error` itself. */
export function asDiskFull(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new Problem(
    'DISK_FULL',
    `No space left to write ${path}`,
    'Free some space (`reproduce clean` lists what may go) and run the same command again: it goes on from the last checkpoint.',
  );
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
