/** Turns what the file system says about a write into a Problem that a user can act on. */
import { Problem } from '../problem.js';
import { systemProblem } from '../system-problem.js';
import { systemCode } from './system-code.js';

/**
 * DISK_FULL or NOT_WRITABLE where the error is one of those, else the error itself.
 * Problems are passed on as they are.
 */
export function asWriteProblem(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Problem(
        'DISK_FULL',
        `No space left to write ${path}`,
        'Free some space (`npm run reproduce -- clean` lists what may go), then run the same command again: it goes on where it was.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Problem(
        'NOT_WRITABLE',
        `Cannot write ${path}`,
        'Give yourself the right to write there, or name another folder with --reports-folder.',
      );
    case 'ENOENT':
      return new Problem('FOLDER_GONE', `Cannot write ${path}: its folder is gone`, 'Something deleted it meanwhile.');
    case 'ENOTDIR':
      return new Problem('NOT_WRITABLE', `Cannot write ${path}: a part of the path is a file, not a folder`);
    default:
      return systemProblem(error, { path, doing: 'write', elsewhere: '' });
  }
}

/** Runs `write`, and throws its write errors as Problems. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asWriteProblem(error, path);
  }
}
