/** Reads back what a run measured. */
import { ZodError } from 'zod';
import { Problem } from '../core/problem.js';
import { readResult, type JobResult } from '../kinds/index.js';
import { runFile } from './run-folder.js';
import { parseStored, readIfThere } from './stored-json.js';

/** The result in a run's folder; null where there is none. @throws Problem RESULT_INVALID, RUN_SCHEMA */
export function storedResult(folder: string, id: string): JobResult | null {
  const path = runFile(folder, 'result');
  const text = readIfThere(path);
  if (text === null) return null;
  const invalid = (why: string) =>
    new Problem(
      'RESULT_INVALID',
      `${path} is not a result: ${why}`,
      `The next run of its table runs it again, as does \`npm run reproduce -- retry ${id}\`.`,
    );
  const value = parseStored(path, text);
  try {
    const result = readResult(value);
    if (result.id === id) return result;
    throw invalid(`it is the result of ${result.id}`);
  } catch (error) {
    if (error instanceof ZodError) throw invalid(error.issues[0]?.message ?? 'unknown reason');
    throw error;
  }
}
