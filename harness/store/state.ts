/** The state of a run folder: derived from what is there, never stored. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { readAttempts } from './attempts.js';
import { livenessOf, readLeases, type Judge } from './lease.js';
import { listFolder } from './list-folder.js';
import { otherSchema, runFile, runFiles, runSchemaVersion } from './run-folder.js';
import { openIfThere } from '../core/files/open-regular.js';

export type RunState =
  /** There is a whole `result.json`: the only mark of success. */
  | 'done'
  /** Somebody holds a live lease. */
  | 'running'
  /** Begun, and neither done nor failed: it will go on from its checkpoint. */
  | 'interrupted'
  | 'failed'
  | 'absent';

/** @throws Problem RUN_SCHEMA */
export function stateOf(folder: string, judge: Judge = livenessOf): RunState {
  // The common case, asked first: one open and one small read for each of thousands of finished runs.
  if (hasResult(folder)) return 'done';
  const names = listFolder(folder);
  if (names.length === 0) return 'absent';
  if (readLeases(folder, names).some((lease) => judge(lease) !== 'dead')) return 'running';
  // Reading the log also refuses a folder of another format, whose checkpoint must not be gone on from.
  const begun = readAttempts(folder).length > 0;
  if (names.includes(runFiles.failure)) return 'failed';
  return begun ? 'interrupted' : 'absent';
}

const head = Buffer.alloc(512);
const end = Buffer.alloc(8);

/**
 * Whether the folder holds a result, by its first and last bytes: an empty or cut one counts as none. `RunStore.isDone` reads
 * all of it. @throws Problem RUN_SCHEMA
 */
export function hasResult(folder: string): boolean {
  const path = runFile(folder, 'result');
  const file = openIfThere(path);
  if (file === undefined) return false;
  try {
    const text = head.toString('utf8', 0, readSync(file, head, 0, head.length, 0));
    const schema = /"schema"\s*:\s*(\d+)/.exec(text)?.[1];
    if (schema === undefined) return false;
    if (Number(schema) !== runSchemaVersion) throw otherSchema(path, schema);
    const { size } = fstatSync(file);
    const last = end.toString('utf8', 0, readSync(file, end, 0, end.length, Math.max(0, size - end.length)));
    return last.trimEnd().endsWith('}');
  } finally {
    closeSync(file);
  }
}
