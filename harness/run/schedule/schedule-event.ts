/** What the scheduler tells; progress renders it together with the workers' own events. */
import type { Job } from '../../kinds/index.js';
import type { Failure } from '../../store/failure.js';

export type ScheduleEvent =
  /** The job has a result already. */
  | { readonly type: 'reused'; readonly job: Job }
  /** Handed to a cluster's queue; `started` follows. */
  | { readonly type: 'queued'; readonly job: Job; readonly queueJob: string }
  | {
      readonly type: 'started';
      readonly job: Job;
      readonly folder: string;
      readonly attempt: number;
      readonly devices: string;
    }
  /** A worker whose scheduler died is watched by this one. */
  | {
      readonly type: 'adopted';
      readonly queueJob: string | null;
      readonly job: Job;
      readonly folder: string;
      readonly attempt: number;
      readonly devices: string;
    }
  /** Another process works on it: this one waits for its result. */
  | { readonly type: 'elsewhere'; readonly job: Job; readonly holder: string }
  /** A device has to wait for something that is no job of this schedule. */
  | { readonly type: 'occupied'; readonly slots: readonly string[]; readonly by: string }
  | { readonly type: 'done'; readonly job: Job; readonly seconds: number }
  | {
      readonly type: 'failed';
      readonly job: Job;
      readonly failure: Failure;
      readonly willRetryInSeconds: number | null;
    }
  /** Stopped on request; it will go on from its checkpoint. */
  | { readonly type: 'stopped'; readonly job: Job }
  | { readonly type: 'stopping'; readonly atOnce: boolean }
  /** A number of a table that the jobs so far give. */
  | { readonly type: 'found'; readonly message: string }
  /** Something went wrong that is no job's fault: a log could not be written … */
  | { readonly type: 'warning'; readonly message: string };
