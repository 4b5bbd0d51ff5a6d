/**
 * Opens regular files, and nothing else: a named pipe or a device would be waited for, or be read, for ever, and a folder cannot be
 * read at all. Whatever somebody else may have put there is opened here.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { Problem } from '../problem.js';
import { systemCode } from './system-code.js';

export interface Opening {
  /** Of `open(2)`; for reading unless said otherwise. */
  readonly flags?: number;
  /** Whether a symbolic link is refused. */
  readonly noLink?: boolean;
}

/**
 * The descriptor of a regular file, to be closed by the caller; undefined where there is nothing of that name.
 * @throws Problem FILE_UNREADABLE; a system error where it cannot be made, or be written to
 */
export function openIfThere(
  path: string,
  { flags = constants.O_RDONLY, noLink = false }: Opening = {},
): number | undefined {
  const file = opened(path, flags, noLink);
  if (file === undefined) return undefined;
  const status = fstatSync(file);
  if (status.isFile()) return file;
  closeSync(file);
  throw problem(path, status.isDirectory() ? 'it is a folder' : 'it is not a regular file');
}

/** How often a file may appear between two looks at it before that is called an error. */
const mostAppearances = 100;

function opened(path: string, flags: number, noLink: boolean): number | undefined {
  for (let appearances = 0; ; appearances++)
    try {
      // Without O_NONBLOCK the opening itself would wait for the other end of a pipe.
      return openSync(path, flags | constants.O_NONBLOCK | (noLink ? constants.O_NOFOLLOW : 0), 0o666);
    } catch (error) {
      const code = systemCode(error);
      const there = code === 'ENOENT' ? whatIsThere(path) : undefined;
      if (there === 'nothing' && !(flags & constants.O_CREAT)) return undefined;
      if (there === 'nothing') throw error;
      // Another process has made the file since: it is no link to nothing.
      if (there === 'file' && appearances < mostAppearances) continue;
      throw ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'].includes(code ?? '') && flags !== constants.O_RDONLY
        ? error
        : unreadable(path, error, noLink);
    }
}

/** Of a file to append to and to read, which is made where there is none. @throws Problem FILE_UNREADABLE; system errors */
export function openForAppending(path: string, { emptied = false } = {}): number {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (emptied ? constants.O_TRUNC : 0);
  const file = openIfThere(path, { flags });
  if (file === undefined) throw new Error(`Internal error: ${path} was not made`);
  return file;
}

const whatIsThere = (path: string): 'nothing' | 'link' | 'file' | undefined => {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found === undefined ? 'nothing' : found.isSymbolicLink() ? 'link' : 'file';
  } catch {
    return undefined;
  }
};

function unreadable(path: string, error: unknown, noLink: boolean): Problem {
  switch (systemCode(error)) {
    case 'EISDIR':
      return problem(path, 'it is a folder');
    case 'ENXIO':
      return problem(path, 'it is not a regular file');
    case 'ENOENT':
      return problem(path, 'it is a link to nothing');
    case 'ELOOP':
      return problem(path, noLink ? 'it is a link' : 'its links lead in a circle');
    default:
      return problem(path, error instanceof Error ? error.message : String(error));
  }
}

const problem = (path: string, reason: string): Problem =>
  new Problem('FILE_UNREADABLE', `${path} cannot be read: ${reason}`, 'Move it out of the way.');
