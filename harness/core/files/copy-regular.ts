import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { openIfThere } from './open-regular.js';
import { writing } from './write-problem.js';

const pieceBytes = 1 << 20;

/**
 * Copies a regular file, of any size, to a new one. A link is refused: what it leads to may be anybody's.
 * @throws Problem FILE_UNREADABLE, DISK_FULL, NOT_WRITABLE
 */
export function copyRegular(from: string, to: string): void {
  const source = openIfThere(from, { noLink: true });
  if (source === undefined) return; // deleted meanwhile
  try {
    writing(to, () => {
      const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
      const target = openSync(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o666);
      try {
        const piece = Buffer.alloc(pieceBytes);
        for (let read = -1; read !== 0;) {
          read = readSync(source, piece, 0, piece.length, null);
          for (let done = 0; done < read;) done += writeSync(target, piece, done, read - done);
        }
        fsyncSync(target);
      } finally {
        closeSync(target);
      }
    });
  } finally {
    closeSync(source);
  }
}
