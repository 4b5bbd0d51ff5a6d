/** What a schedule is asked for, and what comes of it. */
import type { Job } from '../../kinds/index.js';
import type { Execution } from '../../store/execution.js';
import type { Failure } from '../../store/failure.js';
import type { RunStore } from '../../store/store.js';
import type { Allocation, Room, Want } from '../devices/allocator.js';
import type { SecondsOf } from '../estimate/estimate.js';
import type { Executor } from '../local/executor.js';
import type { Interruption } from './interruption.js';
import type { Policy } from '../../plan/profile/profile-file.js';
import type { ScheduleEvent } from './schedule-event.js';

export interface ScheduleRequest {
  readonly jobs: readonly Job[];
  readonly store: RunStore;
  readonly executor: Executor;
  readonly allocator: Room;
  readonly policy: Policy;
  /** What a job needs, and how it is told which devices it got. */
  readonly placement: (job: Job) => Placement;
  readonly execution: (job: Job, devices: string, attempt: number) => Execution;
  /** Of a job, by estimate. */
  readonly secondsOf: SecondsOf;
  readonly interruption: Interruption;
  /** False: the first failure stops the rest. */
  readonly keepGoing: boolean;
  /** Jobs to run again though they are done. */
  readonly anew?: ReadonlySet<string>;
  readonly tell: (event: ScheduleEvent) => void;
  /** Runs when a job has a result, before its devices are given to the next: a job that is timed has the machine alone. */
  readonly onResult?: ((job: Job) => Promise<void>) | undefined;
}

export interface Placement {
  readonly want: Want;
  /** In `--devices` notation, as the worker will see them. */
  readonly devices: (allocation: Allocation) => string;
  /** Keep the worker to its slots' cores. */
  readonly pinned: boolean;
  /** The only hardware that may measure it; null where any may. */
  readonly hardware: string | null;
}

export interface ScheduleOutcome {
  readonly done: readonly string[];
  readonly failed: ReadonlyMap<string, Failure>;
  /** Not run, or stopped half-way, because the user or a failure stopped the schedule. */
  readonly unfinished: readonly string[];
}
