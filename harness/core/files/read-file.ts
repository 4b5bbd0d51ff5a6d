/** Reads whole files that somebody else may have put there: regular ones of bounded size, as UTF-8. */
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { Problem } from '../problem.js';
import { openIfThere, type Opening } from './open-regular.js';

export interface ReadLimit extends Pick<Opening, 'noLink'> {
  /** Most bytes that such a file has. */
  readonly limit: number;
}

/**
 * The bytes of a regular file. A FIFO or a device, whose reading might never end, is refused unread.
 * @throws Problem FILE_UNREADABLE, FILE_TOO_LARGE
 */
export function readBytes(path: string, reading: ReadLimit): Buffer {
  const bytes = readBytesIfThere(path, reading);
  if (bytes === undefined) throw unreadable(path, 'there is no such file');
  return bytes;
}

/** As `readBytes`; undefined where there is nothing of that name. */
export function readBytesIfThere(path: string, { limit, noLink = false }: ReadLimit): Buffer | undefined {
  const file = openIfThere(path, { noLink });
  if (file === undefined) return undefined;
  try {
    // The size is a guess: the file may be growing, and those of /proc say 0.
    let bytes = Buffer.alloc(Math.min(fstatSync(file).size, limit) + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read) {
      if (length > limit) throw new Problem('FILE_TOO_LARGE', `${path} has more than ${limit} bytes`);
      if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(4 * length, limit + 1));
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } catch (cause) {
    throw cause instanceof Problem ? cause : unreadable(path, cause instanceof Error ? cause.message : String(cause));
  } finally {
    closeSync(file);
  }
}

const unreadable = (path: string, reason: string): Problem =>
  new Problem('FILE_UNREADABLE', `${path} cannot be read: ${reason}`);

/**
 * The text of a regular file, without a byte order mark.
 * @throws Problem FILE_UNREADABLE, FILE_TOO_LARGE; ENCODING_UNKNOWN with the place for what is not UTF-8
 */
export const readTextFile = (path: string, reading: ReadLimit): string => textIn(path, readBytes(path, reading));

/** As `readTextFile`; undefined where there is nothing of that name. */
export function readTextIfThere(path: string, reading: ReadLimit): string | undefined {
  const bytes = readBytesIfThere(path, reading);
  return bytes && textIn(path, bytes);
}

function textIn(path: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (bytes.includes(0) || !isUtf8(bytes)) throw otherEncoding(path, text);
  return text.replace(/^\uFEFF/u, '');
}

/** @param text the file as if it were UTF-8: what is none reads as U+FFFD, and half of UTF-16 as NUL */
function otherEncoding(file: string, text: string): Problem {
  const offset = Math.max(0, text.search(/[\0\uFFFD]/u));
  const before = text.slice(0, offset).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  return new Problem(
    'ENCODING_UNKNOWN',
    `This is not UTF-8${text.includes('\0') ? ' (it may be UTF-16)' : ''}`,
    `Save ${basename(file)} as UTF-8; \`iconv -f ENCODING -t UTF-8\` does that.`,
    { file, line: before.length, column: (before.at(-1) ?? '').length + 1, length: 1, text: line.replace(/\r$/u, '') },
  );
}
