/** What a finished timing measured. */
import type { DeviceMemory } from '../../engine/step-graph.js';
import { z } from 'zod';
import { sharedResult } from '../result.js';

/** Of the cores' time, 0 … 1, that others took; null where the system does not tell. */
const otherLoad = z.number().nullable();

const cardStateSchema = z.strictObject({
  uuid: z.string(),
  megahertz: z.number().nullable(),
  celsius: z.number().nullable(),
  throttled: z.array(z.string()).readonly(),
});

/** A round as the cards went through it. */
const cardRoundSchema = z.strictObject({
  round: z.number().int(),
  /** False where they were throttled and the round was taken again. */
  kept: z.boolean(),
  before: z.array(cardStateSchema),
  after: z.array(cardStateSchema),
});
export type CardRound = z.infer<typeof cardRoundSchema>;
const bytes = z.number().int().min(0);
const memorySchema = z.strictObject({
  variables: bytes,
  weights: bytes,
  momentum: bytes,
  tensors: bytes,
  activations: bytes,
  weightGradients: bytes,
  peak: bytes,
}) satisfies z.ZodType<DeviceMemory>;
export type StepMemory = z.infer<typeof memorySchema>;

const rowSchema = z.strictObject({
  row: z.string(),
  layout: z.string(),
  parameters: z.number().int(),
  /** Every timed step in the order run, milliseconds; `rounds` has the round of each beside it. */
  milliseconds: z.array(z.number()),
  rounds: z.array(z.number().int()),
  /** Load of other processes during each step; null where a step is shorter than the system's clock. Absent in results older than it. */
  otherLoads: z.array(otherLoad).optional(),
  /** Seconds to trace the graph and open the session. */
  compileSeconds: z.number(),
  /** Seconds each logical device was busy in one profiled step, and that step's span; null where the engine has no profile. */
  busySeconds: z.array(z.number()).nullable(),
  /** On GPUs: the share of a step, 0 … 1, during which any of them computed. */
  busyShare: z.number().min(0).max(1).optional(),
  /** On GPUs: what it takes to hand over the batch, a part of each step; milliseconds. */
  feedMilliseconds: z.number().min(0).optional(),
  /** Of each logical device, the most in any profiled step; null where the engine does not tell. Absent in results older than it. */
  memory: z.array(memorySchema).nullable().optional(),
});
export type TimedRowResult = z.infer<typeof rowSchema>;

export const timingResultSchema = z.strictObject({
  kind: z.literal('timing'),
  ...sharedResult,
  hardware: z.string(),
  /** Mean load of the steps that count, over their time: see `undisturbed`. */
  otherLoad: otherLoad.default(null),
  /** On GPUs: clocks, temperatures and throttling around each round. */
  cardRounds: z.array(cardRoundSchema).optional(),
  rows: z.array(rowSchema),
});
export type TimingResult = z.infer<typeof timingResultSchema>;

/**
 * The load of all steps together: their mean, weighted by time. A step without a load of its own counts with the next one
 * that has one, whose reading covers both.
 */
export function meanLoad(rows: readonly Pick<TimedRowResult, 'milliseconds' | 'otherLoads'>[]): number | null {
  let [taken, time] = [0, 0];
  for (const { milliseconds, otherLoads = [] } of rows) {
    let unread = 0;
    for (const [step, own] of milliseconds.entries()) {
      unread += own;
      const load = otherLoads[step];
      if (load === null || load === undefined) continue;
      taken += load * unread;
      time += unread;
      unread = 0;
    }
  }
  return time > 0 ? taken / time : null;
}
