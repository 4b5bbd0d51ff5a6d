/** What a finished training measured. */
import { z } from 'zod';
import { sharedResult } from '../result.js';

export const evaluationSchema = z.strictObject({
  step: z.number().int(),
  epoch: z.number(),
  /** Top-1 error over the whole validation set, percent. */
  errorPct: z.number(),
  top5ErrorPct: z.number(),
  /** Error over images drawn with replacement; null where the protocol does not ask for it. */
  sampledErrorPct: z.number().nullable(),
  /** Mean cross-entropy on the validation set, nats. */
  loss: z.number(),
  /** Which network it is of, counted from 1, where the training has several one after the other. */
  phase: z.number().int().min(1).optional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

export const diagnosisSchema = z.strictObject({
  /** Steps done. */
  step: z.number().int(),
  /** The network's diagnostics by name. */
  values: z.record(z.string(), z.number()),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

export const errorResultSchema = z.strictObject({
  kind: z.literal('error'),
  ...sharedResult,
  parameters: z.number().int(),
  trainImages: z.number().int(),
  validationImages: z.number().int(),
  last: evaluationSchema,
  best: evaluationSchema,
  evaluations: z.array(evaluationSchema),
  finalLoss: z.number(),
  /** In the order of the steps; only of networks that have diagnostics, where a profile asks for them. */
  diagnoses: z.array(diagnosisSchema).optional(),
  /** Device time of the training steps (`phases/step-seconds.ts`), seconds; not in results older than it. */
  stepSeconds: z.number().optional(),
  /** What the network's layers let one look at, after the last step: means over the first batch of validation images. */
  probes: z.record(z.string(), z.number()).optional(),
});
export type ErrorResult = z.infer<typeof errorResultSchema>;
