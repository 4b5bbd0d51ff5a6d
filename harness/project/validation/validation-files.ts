/** The files that a validation leaves in `reports/<profile>/`. */
import { join } from 'node:path';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/write-problem.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { operationTimesText } from '../costs/operation-times-file.js';
import { summarise, validationCsv, type ValidationResult, type ValidationSummary } from './validation.js';

export const validationFiles = {
  table: 'projection-validation.csv',
  summary: 'projection-validation.json',
  times: 'operation-times.json',
} as const;

/** What the summary file holds. */
export type ValidationFile = ValidationSummary & { readonly hardware: string };

/** Writes what has been measured so far. @throws Problem DISK_FULL, NOT_WRITABLE */
export function writeValidation(
  folder: string,
  rows: readonly ValidationResult[],
  times: readonly OperationTimes[],
): ValidationSummary {
  const summary = summarise(rows);
  const file: ValidationFile = { ...summary, hardware: times[0]?.hardware.model ?? 'unknown' };
  makeFolder(folder);
  writeAtomically(join(folder, validationFiles.table), validationCsv(rows));
  writeAtomically(join(folder, validationFiles.summary), `${JSON.stringify(file, null, 2)}\n`);
  writeAtomically(join(folder, validationFiles.times), operationTimesText(times));
  return summary;
}
