/** What other commands left in the reports folder: how far projections can be trusted, and what explains the printed numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { profileNames, type ProfileName } from '../plan/profile/profile-name.js';
import { signed } from './evaluate/digits.js';

export interface Validation {
  readonly count: number;
  /** Mean absolute difference, points. */
  readonly meanDifference: number;
  readonly withinFive: number;
  readonly rows: readonly {
    readonly network: string;
    readonly layout: string;
    readonly protocol: string;
    readonly measured: string;
    readonly interval: string;
    readonly projected: string;
    readonly difference: string;
  }[];
}

/** A section of the HTML report that a command of the paper's own wrote. */
export interface Explanation {
  readonly title: string;
  /** What was done and found, in a few sentences. */
  readonly lead: string;
  /** A picture as a data URI, so that its styles stay inside it; null where there is none. */
  readonly picture: { readonly source: string; readonly text: string; readonly caption: string } | null;
  readonly sections: readonly ExplanationSection[];
}

export interface ExplanationSection {
  readonly title: string;
  /** Open without being asked for. */
  readonly essential: boolean;
  readonly blocks: readonly (
    | { readonly text: string }
    | { readonly list: readonly string[] }
    | { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  )[];
}

/** A file's text; null where it cannot be read. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** As `validate-projection` writes it into a profile's folder. */
const validationTable = 'projection-validation.csv';

const numeric = z.coerce.number();
const validationSchema = z.array(
  z.object({
    network: z.string(),
    layout: z.string(),
    protocol: z.string(),
    measuredRs: numeric,
    projectedRs: numeric,
    measuredLow: numeric,
    measuredHigh: numeric,
  }),
);

/** The validation of a profile, else of another one, for it depends on the machine and not on the profile; null where there is none. */
export function readValidation(reports: string, profile: ProfileName): Validation | null {
  const texts = [profile, ...profileNames].map((name) => textOf(join(reports, name, validationTable)));
  const text = texts.find((candidate) => candidate !== null) ?? null;
  if (text === null) return null;
  let records: unknown;
  try {
    records = parse(text, { columns: true });
  } catch {
    return null;
  }
  const parsed = validationSchema.safeParse(records);
  if (!parsed.success || parsed.data.length === 0) return null;
  const differences = parsed.data.map(({ measuredRs, projectedRs }) => Math.abs(projectedRs - measuredRs));
  return {
    count: differences.length,
    meanDifference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    withinFive: differences.filter((difference) => difference <= 5).length,
    rows: parsed.data.map(({ network, layout, protocol, measuredRs, projectedRs, measuredLow, measuredHigh }) => ({
      network,
      layout,
      protocol,
      measured: measuredRs.toFixed(1),
      interval: `${measuredLow.toFixed(1)} to ${measuredHigh.toFixed(1)}`,
      projected: projectedRs.toFixed(1),
      difference: signed(projectedRs - measuredRs, 1),
    })),
  };
}
