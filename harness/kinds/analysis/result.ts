/** What a finished analysis measured. */
import { z } from 'zod';
import { sharedResult } from '../result.js';
import { evaluationSchema } from '../training/result.js';

export const analysisRowSchema = z.strictObject({
  /** Training steps done. */
  step: z.number().int().min(0),
  quantity: z.string(),
  /** Where in the network. */
  place: z.string(),
  /** Under which variation of the measurement. */
  variant: z.string(),
  unit: z.string(),
  /** The batch that it was measured on, from 0. */
  sample: z.number().int().min(0),
  /** Null where it has none: an angle with a gradient of 0. */
  value: z.number().nullable(),
});
export type AnalysisRow = z.infer<typeof analysisRowSchema>;

export const analysisResultSchema = z.strictObject({
  kind: z.literal('analysis'),
  ...sharedResult,
  trainImages: z.number().int(),
  validationImages: z.number().int(),
  /** Of the trained network. */
  last: evaluationSchema,
  finalLoss: z.number(),
  rows: z.array(analysisRowSchema),
});
export type AnalysisResult = z.infer<typeof analysisResultSchema>;
