/** Run folders of another format are refused, never misread. */
import { Problem } from '../core/problem.js';
import { runSchemaVersion } from './run-folder.js';

export function otherSchema(path: string, schema: unknown): Problem {
  return new Problem(
    'RUN_SCHEMA',
    `${path} was written in run format ${String(schema)}; this version reads format ${runSchemaVersion}`,
    'Use the version that wrote it, name another --reports-folder, or delete it with `npm run reproduce -- clean runs`.',
  );
}

/** @throws Problem RUN_SCHEMA where `value` says that it is of another format. */
export function refuseOtherSchema(path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return;
  if (value.schema !== runSchemaVersion) throw otherSchema(path, value.schema);
}
