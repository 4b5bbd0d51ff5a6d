/** What a job is told to do: `tasks.json` in the folder of its submission, a list of runs for each task of the array. */
import { z } from 'zod';
import { policySchema } from '../../../plan/profile/profile-file.js';

export const tasksSchema = z.strictObject({
  name: z.string(),
  /** `reports/runs` */
  runs: z.string(),
  /** Command of a worker. */
  worker: z.array(z.string()).min(1),
  /** What one node wrote is seen by every other after so long, seconds. */
  visibleSeconds: z.number().min(0),
  policy: policySchema,
  /** Run one after the other, each under the lease with that token, on that hardware where it may be no other. */
  tasks: z
    .array(z.array(z.strictObject({ id: z.string(), token: z.string(), hardware: z.string().nullable() })).min(1))
    .min(1),
});
export type Tasks = z.infer<typeof tasksSchema>;

/** What a job is told by signals to its batch process. */
export const signals = {
  /** The time limit is near: write a checkpoint and come back. */
  timeIsUp: 'SIGUSR1',
  /** Its user gives it up: write a checkpoint and end. */
  cancel: 'SIGUSR2',
} as const;

export const tasksFile = 'tasks.json';
