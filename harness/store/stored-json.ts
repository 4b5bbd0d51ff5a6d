/** JSON files of run folders, read back. */
import { readFileSync } from 'node:fs';
import { systemCode } from '../core/files/write-problem.js';
import { Problem } from '../core/problem.js';
import { refuseOtherSchema } from './run-schema.js';

/** Null where there is no such file. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @throws Problem RESULT_INVALID for what is not JSON; RUN_SCHEMA */
export function parseStored(path: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem(
      'RESULT_INVALID',
      `${path} is not JSON`,
      'It was changed by hand or by a broken disk: delete its folder.',
    );
  }
  refuseOtherSchema(path, value);
  return value;
}
