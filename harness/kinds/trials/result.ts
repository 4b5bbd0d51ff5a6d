/** What finished trials came to: how many had each outcome. */
import { z } from 'zod';
import { sharedResult } from '../result.js';

export const trialsResultSchema = z.strictObject({
  kind: z.literal('trials'),
  ...sharedResult,
  /** Trials by outcome; every outcome of the problem is there. */
  counts: z.record(z.string(), z.number().int().min(0)),
  /** The outcome that counts as success. */
  success: z.string(),
});
export type TrialsResult = z.infer<typeof trialsResultSchema>;
