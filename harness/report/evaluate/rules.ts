/** The verdict rules, as written in experiments/rules/verdicts.yaml. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inProject } from '../../core/project.js';

const byDataset = z.record(z.string(), z.number().min(0));

const metricSchema = z.strictObject({
  name: z.string(),
  direction: z.enum(['lower is better', 'higher is better', 'equal']),
  tolerance: byDataset,
  widest: byDataset,
});

export const ruleIds = [
  'not-run',
  'not-printed',
  'by-definition',
  'low-confidence',
  'stand-in',
  'shrunk',
  'unvalidated',
  'too-uncertain',
  'agrees',
  'differs',
] as const;

const rulesSchema = z.strictObject({
  version: z.number().int(),
  metrics: z.strictObject({ error: metricSchema, top5: metricSchema, rs: metricSchema, parameters: metricSchema }),
  rules: z.array(
    z.strictObject({
      id: z.enum(ruleIds),
      outcome: z.enum(['reproduced', 'not reproduced', 'not comparable', 'not run']),
      applies: z.string(),
      reason: z.string(),
    }),
  ),
});
export type VerdictRules = z.infer<typeof rulesSchema>;
export type VerdictRule = VerdictRules['rules'][number];

export const parseRules = (text: string): VerdictRules => rulesSchema.parse(parse(text));

/** Reads and checks the rules. @throws Error when the file of this project is broken: that is a bug, not a user's mistake. */
export function readRules(file = inProject('experiments', 'rules', 'verdicts.yaml')): VerdictRules {
  return parseRules(readFileSync(file, 'utf8'));
}
