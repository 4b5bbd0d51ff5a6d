/** `projection-validation.csv` in `reports/<profile>/`: measured beside projected speed-ups, written and read here alone. */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { readTextFile } from '../../core/files/read-file.js';
import { profileNames, type ProfileName } from '../../plan/profile/profile-name.js';
import type { ValidatedLayout } from './validation.js';

export const validationTable = 'projection-validation.csv';

export interface Validation {
  readonly rows: readonly ValidatedLayout[];
  /** Of the devices that everything was measured on. */
  readonly hardware: string;
  /** Mean absolute difference of projected and measured RS, points. */
  readonly meanDifferencePct: number;
  /** How many layouts are within 5 points. */
  readonly withinFive: number;
  /** Widest measured interval, points. */
  readonly widestIntervalPct: number;
}

export function summarise(rows: readonly ValidatedLayout[]): Validation {
  const differences = rows.map(({ measuredRs, projectedRs }) => Math.abs(projectedRs - measuredRs));
  return {
    rows,
    hardware: rows[0]?.hardware ?? '',
    meanDifferencePct: differences.reduce((sum, difference) => sum + difference, 0) / Math.max(1, differences.length),
    withinFive: differences.filter((difference) => difference <= 5).length,
    widestIntervalPct: Math.max(0, ...rows.map(({ measuredLow, measuredHigh }) => measuredHigh - measuredLow)),
  };
}

const columns = [
  ...['paper', 'network', 'layout', 'baseline', 'protocol', 'batch', 'measuredRs', 'measuredLow', 'measuredHigh'],
  ...['projectedRs', 'hardware', 'timing', 'operations'],
] as const;

/** RS in percent; `timing` and `operations` are the ids of the jobs. */
export const validationCsv = (rows: readonly ValidatedLayout[]): string =>
  stringify(
    rows.map((row) => ({
      ...row,
      measuredRs: row.measuredRs.toFixed(2),
      measuredLow: row.measuredLow.toFixed(2),
      measuredHigh: row.measuredHigh.toFixed(2),
      projectedRs: row.projectedRs.toFixed(2),
    })),
    { header: true, columns: [...columns] },
  );

const number = z.string().regex(/\S/u).pipe(z.coerce.number());
/** Columns that a validation of an older version lacks are empty. */
const text = z.string().default('');
const schema = z.array(
  z.object({
    paper: text,
    network: z.string(),
    layout: z.string(),
    baseline: text,
    protocol: z.string(),
    batch: z.coerce.number().default(0),
    measuredRs: number,
    measuredLow: number,
    measuredHigh: number,
    projectedRs: number,
    hardware: text,
    timing: text,
    operations: text,
  }),
);

/**
 * The validation of a profile, else of another one, for it depends on the machine and not on the profile; null where there
 * is none, or one that cannot be read.
 * @param reports the folder of all reports
 */
export function readValidation(reports: string, profile: ProfileName): Validation | null {
  for (const name of new Set([profile, ...profileNames])) {
    const text = textOf(join(reports, name, validationTable));
    if (text !== null) return parsed(text);
  }
  return null;
}

function textOf(path: string): string | null {
  try {
    return readTextFile(path, { limit: 1 << 26 });
  } catch {
    return null;
  }
}

function parsed(text: string): Validation | null {
  let records: unknown;
  try {
    records = parse(text, { columns: true });
  } catch {
    return null;
  }
  const { data: rows } = schema.safeParse(records);
  return rows === undefined || rows.length === 0 ? null : summarise(rows);
}
