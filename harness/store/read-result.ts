/** Reads back what a run measured. */
import { Problem } from '../core/problem.js';
import { readResult, type JobResult } from '../kinds/index.js';
import { runFile } from './run-folder.js';
import { readIfThere, readStored } from './stored-json.js';

/** The result in a run's folder; null where there is none. @throws Problem RESULT_INVALID, RUN_SCHEMA, FILE_UNREADABLE */
export function storedResult(folder: string, id: string): JobResult | null {
  const path = runFile(folder, 'result');
  const text = readIfThere(path);
  if (text === null) return null;
  const wayOut = `The next run of its table runs it again, as does \`npm run reproduce -- retry ${id}\`.`;
  const result = readStored(path, text, readResult, wayOut, 'RESULT_INVALID');
  if (result.id === id) return result;
  throw new Problem('RESULT_INVALID', `${path} is the result of ${result.id}`, wayOut);
}
