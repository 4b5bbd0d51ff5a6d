/** What the system refuses, in words: which file, whose it is, and the way out. Only bugs are left as they are. */
import { lstatSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Problem } from './problem.js';

export interface Attempt {
  /** The file or folder that was to be used. */
  readonly path: string;
  /** What for, as it follows "cannot": `read`, `write`, `make the folder`. */
  readonly doing: string;
  /** How another place can be named: `Name another folder with --data-cache.` */
  readonly elsewhere: string;
}

/** A Problem for a system error; anything else, Problems included, as it is. */
export function systemProblem(error: unknown, { path, doing, elsewhere }: Attempt): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const refused = refusals.get(code);
  if (refused === undefined) return error;
  const owner = refused.owned === true ? ownerOf(path) : '';
  const name = refused === rights && doing === 'read' ? 'NOT_READABLE' : refused.code;
  return new Problem(name, `Cannot ${doing} ${path}: ${refused.reason}${owner}`, `${refused.hint} ${elsewhere}`.trim());
}

interface Refusal {
  /** Of the Problem. */
  readonly code: 'NOT_WRITABLE' | 'DISK_FULL' | 'FILE_TROUBLE' | 'TOO_MANY_FILES';
  readonly reason: string;
  readonly hint: string;
  /** Whether it helps to know whose the file is. */
  readonly owned?: true;
}

const rights: Refusal = {
  code: 'NOT_WRITABLE',
  reason: 'permission denied',
  hint: 'Give yourself the right to it, or ask its owner to.',
  owned: true,
};
const full: Refusal = { code: 'DISK_FULL', reason: 'no space is left', hint: 'Make room and start again.' };

const refusals: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['EACCES', rights],
  ['EPERM', rights],
  [
    'EROFS',
    {
      code: 'NOT_WRITABLE',
      reason: 'nothing can be written there (a read-only file system)',
      hint: 'Mount it for writing.',
    },
  ],
  ['ENOSPC', full],
  ['EDQUOT', { ...full, reason: 'your quota is used up' }],
  [
    'EISDIR',
    {
      code: 'FILE_TROUBLE',
      reason: 'a folder is where a file should be',
      hint: 'Move it out of the way.',
      owned: true,
    },
  ],
  [
    'ENOTDIR',
    { code: 'FILE_TROUBLE', reason: 'a part of the path is a file, not a folder', hint: 'Correct the path.' },
  ],
  ['ENOENT', { code: 'FILE_TROUBLE', reason: 'it, or a folder above it, is not there', hint: 'Correct the path.' }],
  ['ELOOP', { code: 'FILE_TROUBLE', reason: 'its links lead in a circle', hint: 'Delete the links.' }],
  ['ENAMETOOLONG', { code: 'FILE_TROUBLE', reason: 'the name is too long', hint: 'Choose a shorter one.' }],
  ['ENXIO', { code: 'FILE_TROUBLE', reason: 'it is no regular file', hint: 'Move it out of the way.' }],
  [
    'EIO',
    { code: 'FILE_TROUBLE', reason: 'the disk or the network share failed', hint: 'See the system log (dmesg).' },
  ],
  ['ESTALE', { code: 'FILE_TROUBLE', reason: 'the network share has lost it', hint: 'Start again.' }],
  ['ETXTBSY', { code: 'FILE_TROUBLE', reason: 'a program is running from it', hint: 'Start again when it has ended.' }],
  ['EMFILE', { code: 'TOO_MANY_FILES', reason: 'too many files are open', hint: 'Raise the limit: ulimit -n 4096.' }],
  ['ENFILE', { code: 'TOO_MANY_FILES', reason: 'too many files are open', hint: 'Other programs hold them.' }],
]);

/** ` (owner: user 1000, mode 755; you are user 1001)`, of the file or the nearest folder above it that can be seen. */
function ownerOf(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    const found = statOf(at);
    if (found !== undefined) {
      const mode = (found.mode & 0o7777).toString(8);
      const of = at === path ? '' : `${at}, `;
      return ` (${of}owner: user ${found.uid}, mode ${mode}; you are user ${process.getuid?.() ?? userInfo().uid})`;
    }
    if (at === dirname(at)) return '';
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Runs `work`, and throws what the system refuses as a Problem. */
export async function orSystemProblem<T>(attempt: Attempt, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw systemProblem(error, attempt);
  }
}
