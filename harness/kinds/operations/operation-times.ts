/** What profiled steps say of the machine, small enough to keep with a result: a price for each kind of operation, not each operation. */
import { z } from 'zod';

const microseconds = z.number().min(0);

export const operationTimesSchema = z.strictObject({
  hardware: z.strictObject({ kind: z.enum(['cpu', 'gpu']), model: z.string() }),
  /** Operations of a step on one device alone. */
  operations: z.array(
    z.strictObject({
      /** Identity of the price, beside the hardware: type, attributes, shapes and element type. Operations that share it cost the same. */
      signature: z.string(),
      type: z.string(),
      bytes: z.number(),
      flops: z.number(),
      /** How many operations of the steps have it. */
      count: z.number().int().min(1),
      /** Times of the steps, ascending, each the mean over those operations, microseconds. */
      times: z.array(microseconds).min(1),
    }),
  ),
  /** Of each step: its time before the first and after the last operation, microseconds. */
  beyond: z.array(microseconds),
  /** Of each step: the mean time between one operation and the next, microseconds. */
  gaps: z.array(microseconds),
  /** Share of a GPU's kernel time that belongs to no operation of the graph, 0 … 1; absent where there is none. */
  unmatchedShare: z.number().min(0).max(1).exactOptional(),
  /** What several devices do to each other; null where no step ran on several. */
  effects: z
    .strictObject({
      /** How many times longer an operation takes while another device is busy, by kind; at least 1. */
      stretch: z.record(z.string(), z.number()),
      /** Of a tensor that crosses, microseconds. */
      latency: microseconds,
      /** Of a link, bytes a microsecond; null where nothing is copied, as between cores. */
      bandwidth: z.number().nullable(),
    })
    .nullable(),
});
export type OperationTimes = z.infer<typeof operationTimesSchema>;
