/** What the simulator left in the reports folder: how far its projections can be trusted, and its fit to the printed RS. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { profileNames } from '../plan/profile/profile-name.js';
import type { AccountSection } from '../../experiments/warpnet/fit/fit-account.js';
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
    readonly kw: string;
    readonly measured: string;
    readonly interval: string;
    readonly projected: string;
    readonly difference: string;
  }[];
}

export interface Fit {
  readonly best: string;
  /** Root mean square residual of the best over what was not fitted, points. */
  readonly predicted: string;
  readonly account: readonly AccountSection[];
  /** The fit's own picture as a data URI: its styles stay inside it. */
  readonly picture: string | null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const numeric = z.coerce.number();
const validationSchema = z.array(
  z.object({
    network: z.string(),
    layout: z.string(),
    protocol: z.string(),
    batchNorm: z.string(),
    kw: z.string(),
    measuredRs: numeric,
    projectedRs: numeric,
    measuredLow: numeric,
    measuredHigh: numeric,
  }),
);

const validationFile = 'projection-validation.csv';

/** The report folder with a validation: this profile's, else another's, for it depends on the machine and not on the profile. */
export function validationFolder(folder: string): string {
  const others = profileNames.map((profile) => join(dirname(folder), profile));
  return [folder, ...others].find((candidate) => existsSync(join(candidate, validationFile))) ?? folder;
}

/** Reads the validation of a report folder; null where there is none, or it is not readable. */
export function readValidation(folder: string): Validation | null {
  const text = textOf(join(validationFolder(folder), validationFile));
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
    rows: parsed.data.map(
      ({ network, layout, protocol, batchNorm, kw, measuredRs, projectedRs, measuredLow, measuredHigh }) => ({
        network,
        layout,
        protocol: `${protocol}, ${batchNorm} BN`,
        kw,
        measured: measuredRs.toFixed(1),
        interval: `${measuredLow.toFixed(1)} to ${measuredHigh.toFixed(1)}`,
        projected: projectedRs.toFixed(1),
        difference: signed(projectedRs - measuredRs, 1),
      }),
    ),
  };
}

const fitSchema = z.looseObject({
  best: z.looseObject({ name: z.string(), predictedRmsPct: z.number() }),
  account: z.array(
    z.object({
      title: z.string(),
      essential: z.boolean(),
      blocks: z.array(
        z.union([
          z.object({ text: z.string() }),
          z.object({ list: z.array(z.string()) }),
          z.object({ header: z.array(z.string()), rows: z.array(z.array(z.string())) }),
        ]),
      ),
    }),
  ),
});

/** Reads `fit.json` and `fit.svg` of a fit's folder (`reports/fit/`); null where they are not there. */
export function readFit(folder: string): Fit | null {
  const text = textOf(join(folder, 'fit.json'));
  if (text === null) return null;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = fitSchema.safeParse(content);
  if (!parsed.success) return null;
  const { best, account } = parsed.data;
  const picture = textOf(join(folder, 'fit.svg'));
  return {
    best: best.name,
    predicted: best.predictedRmsPct.toFixed(1),
    account,
    picture: picture === null ? null : `data:image/svg+xml;base64,${Buffer.from(picture).toString('base64')}`,
  };
}
