/** `result.json`: what a finished cell measured. */
import { z } from 'zod';
import { operationTimesSchema } from '../kinds/operations/operation-times.js';

/** The machine and software of an attempt. */
export const environmentSchema = z.strictObject({
  host: z.string(),
  /** `linux 6.1.0 x64`. */
  os: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** Model of each GPU the worker could see; empty on CPU. */
  gpus: z.array(z.string()),
  driver: z.string().nullable(),
  node: z.string(),
  tensorflow: z.string(),
  engine: z.enum(['traced', 'eager', 'cpu']),
  devices: z.string(),
  deterministic: z.boolean(),
  tf32: z.boolean(),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
});
export type Environment = z.infer<typeof environmentSchema>;

export const evaluationSchema = z.strictObject({
  step: z.number().int(),
  epoch: z.number(),
  /** Top-1 error over the whole validation set, percent. */
  errorPct: z.number(),
  top5ErrorPct: z.number(),
  /** The released code's figure: images drawn with replacement; null where the protocol does not ask for it. */
  sampledErrorPct: z.number().nullable(),
  /** Mean cross-entropy on the validation set, nats. */
  loss: z.number(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

const shared = {
  schema: z.literal(1),
  id: z.string(),
  numericsVersion: z.number().int(),
  finishedAt: z.string(),
  /** Over all attempts. */
  wallSeconds: z.number(),
  attempts: z.number().int(),
  environment: environmentSchema,
  /** Peak resident memory of the worker, bytes. */
  peakMemoryBytes: z.number(),
  /** From nvidia-smi where it tells, joules. */
  energyJoules: z.number().nullable(),
};

export const errorResultSchema = z.strictObject({
  kind: z.literal('error'),
  ...shared,
  parameters: z.number().int(),
  trainImages: z.number().int(),
  validationImages: z.number().int(),
  last: evaluationSchema,
  best: evaluationSchema,
  evaluations: z.array(evaluationSchema),
  finalLoss: z.number(),
});
export type ErrorResult = z.infer<typeof errorResultSchema>;

export const timingResultSchema = z.strictObject({
  kind: z.literal('timing'),
  ...shared,
  hardware: z.string(),
  /** Share of the cores' time that others took while it was timed, 0 … 1; null where the system does not tell. */
  otherLoad: z.number().nullable().default(null),
  /** Of a cell without timed rounds: what a projection needs. */
  operations: operationTimesSchema.optional(),
  rows: z.array(
    z.strictObject({
      row: z.string(),
      layout: z.string(),
      parameters: z.number().int(),
      /** Every timed step in the order run, milliseconds; `round` of each beside it. */
      milliseconds: z.array(z.number()),
      rounds: z.array(z.number().int()),
      /** Seconds to trace the graph and open the session. */
      compileSeconds: z.number(),
      /** Seconds each logical device was busy in one profiled step, and that step's span; null where the engine has no profile. */
      busySeconds: z.array(z.number()).nullable(),
    }),
  ),
});
export type TimingResult = z.infer<typeof timingResultSchema>;

export const resultSchema = z.discriminatedUnion('kind', [errorResultSchema, timingResultSchema]);
export type CellResult = z.infer<typeof resultSchema>;
