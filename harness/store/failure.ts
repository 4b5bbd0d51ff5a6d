/** How a job can fail: told apart, kept with the tail of its log, shown in the table's footnote. */
import { z } from 'zod';

export const failureKinds = [
  /** The worker ended with a code it should not have. */
  'exit',
  /** Killed by a signal that we did not send. */
  'signal',
  'timeout',
  'out-of-memory',
  /** The loss became NaN or infinite. */
  'diverged',
  'device-lost',
  /** The cluster's node went away. */
  'node-lost',
  /** Somebody took the job out of the cluster's queue. */
  'cancelled',
  /** A `Problem` of the worker: missing data, a layout that does not fit … */
  'problem',
  /** No worker could be started. */
  'not-started',
] as const;

export const failureSchema = z.strictObject({
  kind: z.enum(failureKinds),
  /** `OUT_OF_MEMORY`, `LOSS_DIVERGED`, a Problem's code … */
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** Last lines of the log. */
  logTail: z.array(z.string()),
  at: z.string(),
  attempt: z.number().int(),
});
export type Failure = z.infer<typeof failureSchema>;
