/** What a finished timing measured. */
import type { DeviceMemory } from '../../engine/step-graph.js';
import { z } from 'zod';
import { sharedResult } from '../result.js';

/** Of the cores' time, 0 … 1, that others took; null where the system does not tell. */
const otherLoad = z.number().nullable();

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
  /** Of each logical device, the most in any profiled step; null where the engine does not tell. Absent in results older than it. */
  memory: z.array(memorySchema).nullable().optional(),
});
export type TimedRowResult = z.infer<typeof rowSchema>;

export const timingResultSchema = z.strictObject({
  kind: z.literal('timing'),
  ...sharedResult,
  hardware: z.string(),
  /** Mean of the steps' loads, over their time. */
  otherLoad: otherLoad.default(null),
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
