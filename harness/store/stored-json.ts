/** JSON files of run folders, read back. */
import { ZodError } from 'zod';
import { readTextIfThere } from '../core/files/read-file.js';
import { Problem } from '../core/problem.js';
import { refuseOtherSchema } from './run-folder.js';

/** Null where there is no such file. @throws Problem FILE_UNREADABLE, FILE_TOO_LARGE, ENCODING_UNKNOWN */
export const readIfThere = (path: string): string | null => readTextIfThere(path, { limit: mostBytes }) ?? null;

/** Far more than the step times of the longest timing. */
const mostBytes = 1 << 28;

/**
 * What a file of a run folder holds.
 * @param wayOut what helps where it is damaged
 * @throws Problem `code`, RUN_SCHEMA
 */
export function readStored<T>(
  path: string,
  text: string,
  read: (value: unknown) => T,
  wayOut: string,
  code = 'RUN_DAMAGED',
): T {
  const damaged = (why: string): Problem => new Problem(code, `${path} is damaged: ${why}`, wayOut);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  refuseOtherSchema(path, value);
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    throw damaged(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not as expected'}`.trim());
  }
}

const damage = new Set([
  'RUN_DAMAGED',
  'RESULT_INVALID',
  'FILE_UNREADABLE',
  'FILE_TOO_LARGE',
  'ENCODING_UNKNOWN',
  'FILE_TROUBLE',
  'NOT_READABLE',
]);

/** Whether something in one run folder cannot be read, which is no reason to stop what is done with others. */
export const isDamage = (error: unknown): error is Problem => error instanceof Problem && damage.has(error.code);
