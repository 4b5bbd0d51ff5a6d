/** Reads back which cell a run folder is of. */
import { readFileSync } from 'node:fs';
import { cellSchema, type Cell } from '../plan/cell.js';
import { underTodaysNames } from '../plan/identity.js';
import { runFile } from './run-folder.js';
import { refuseOtherSchema } from './run-schema.js';

/**
 * The cell of a run folder; null where there is none that this version understands (a run that never got so far, or one
 * of another version, which no plan asks for).
 */
export function readCell(folder: string): Cell | null {
  const path = runFile(folder, 'cell');
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    refuseOtherSchema(path, value);
    const cell = cellSchema.safeParse(value).data;
    return cell ? underTodaysNames(cell) : null;
  } catch {
    return null;
  }
}
