/** `experiments/rules/claims.yaml`: which test decides each of the paper's claims, and its thresholds. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inProject } from '../../core/project.js';

const rulesSchema = z.strictObject({
  version: z.number().int(),
  aboutEqual: z.number().positive(),
  nearlyCoincide: z.number().positive(),
  claims: z.record(
    z.string(),
    z.strictObject({ test: z.string(), about: z.enum(['parameters', 'error', 'rs', 'memory']) }),
  ),
});
export type ClaimRules = z.infer<typeof rulesSchema>;

export function readClaimRules(file = inProject('experiments', 'rules', 'claims.yaml')): ClaimRules {
  return rulesSchema.parse(parse(readFileSync(file, 'utf8')));
}
