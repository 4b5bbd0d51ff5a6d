/** `claims.yaml`: how far apart numbers of a claim may be. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inProject } from '../../../harness/core/project.js';

const reasons = { fixed: z.iso.date(), why: z.string() };
/** Percentage points. */
const points = z.strictObject({ points: z.number().positive(), ...reasons });
/** A number without a unit. */
const value = z.strictObject({ value: z.number().positive(), ...reasons });

const fileSchema = z.strictObject({
  version: z.number().int(),
  aboutEqual: points,
  nearlyCoincide: points,
  firstOrderEnough: value,
  exponential: value,
  farSmaller: value,
});

let loaded: z.infer<typeof fileSchema> | undefined;

/** Read at the first claim that asks. */
export function thresholds(): z.infer<typeof fileSchema> {
  loaded ??= fileSchema.parse(parse(readFileSync(inProject('experiments/warpnet/claims/claims.yaml'), 'utf8')));
  return loaded;
}
