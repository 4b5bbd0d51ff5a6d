/** How one attempt of a job runs: nothing here changes a number that the job's id stands for. */
import { z } from 'zod';

export const executionSchema = z.strictObject({
  /** In `--devices` notation, as the worker sees them: `cpu`, `cpu:2`, `gpu:0,1` (indices after CUDA_VISIBLE_DEVICES). */
  devices: z.string(),
  engine: z.enum(['traced', 'eager', 'cpu']),
  attempt: z.number().int().min(1),
  /** Folder that holds downloaded data. */
  dataCache: z.string(),
  /** Seconds between checkpoints of a training job; 0: every evaluation only. */
  checkpointSeconds: z.number().min(0),
  deterministic: z.boolean(),
  tf32: z.boolean(),
  /** Write `trace.json` and `trace.svg` of one step. */
  trace: z.boolean(),
  /** Write TensorBoard event files. */
  tensorboard: z.boolean(),
});
export type Execution = z.infer<typeof executionSchema>;
