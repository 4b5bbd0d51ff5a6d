/** `result.json`: what a finished job measured. The worker fills in what every result has, the kind of work the rest. */
import { z } from 'zod';
import { environmentSchema } from '../store/environment.js';

export const sharedResult = {
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
export type SharedResult = z.infer<z.ZodObject<typeof sharedResult>>;

export type AnyResult = SharedResult & { readonly kind: string };

/** What a kind of work adds to what every result has. */
export type Measured<R extends AnyResult> = R extends unknown ? Omit<R, keyof SharedResult | 'kind'> : never;

/** How an attempt ended: with what it measured, or stopped on request after so many steps. */
export type Ended<R extends AnyResult> = { readonly measured: Measured<R> } | { readonly stoppedAt: number };
