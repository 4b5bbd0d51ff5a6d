/**
 * Keeps a worker's `log.txt` small while the worker goes on writing to it. The worker writes to the file itself and not to
 * a pipe, so that it survives its scheduler; what is bounded is the file, whose middle is cut out.
 */
import { closeSync, constants, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { openForAppending, openIfThere } from '../../core/files/open-regular.js';

export interface LogBounds {
  /** Cut when the file is larger than this, bytes. */
  readonly limit: number;
  /** Bytes kept of its beginning, and as many of its end. */
  readonly keep: number;
}

export const defaultLogBounds: LogBounds = { limit: 4 << 20, keep: 256 << 10 };

/** Cuts the middle out of a log that is too long. The writer must append (O_APPEND), or a hole would be left. */
export function boundLog(path: string, bounds: LogBounds = defaultLogBounds): void {
  const file = openIfThere(path, { flags: constants.O_RDWR });
  if (file === undefined) return;
  try {
    const { size } = fstatSync(file);
    if (size <= bounds.limit) return;
    const tail = Buffer.alloc(bounds.keep);
    const read = readSync(file, tail, 0, tail.length, size - tail.length);
    ftruncateSync(file, bounds.keep);
    const left = `\n… ${size - bounds.keep - read} bytes left out …\n`;
    const end = openForAppending(path);
    try {
      writeSync(end, left);
      writeSync(end, tail, 0, read);
    } finally {
      closeSync(end);
    }
  } finally {
    closeSync(file);
  }
}

/** The last lines of a log, without escape sequences; at most `lines`, out of its last 64 KiB. */
export function logTail(path: string, lines = 20): string[] {
  let file: number | undefined;
  try {
    file = openIfThere(path);
  } catch {
    return [];
  }
  if (file === undefined) return [];
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, 64 << 10));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return plainLines(bytes.toString('utf8', 0, read)).slice(-lines);
  } finally {
    closeSync(file);
  }
}

const longestLine = 500;

function plainLines(text: string): string[] {
  return text
    .split(/\r?\n|\r/)
    .map((line) =>
      line.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '').slice(0, longestLine),
    )
    .filter((line) => line.trim() !== '');
}
