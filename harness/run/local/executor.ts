/** How a job's worker is started and asked after. Local processes are one way, a cluster's queue another. */
import type { Lease, QueueJob } from '../../store/lease.js';
import type { HeldRun } from '../../store/held-run.js';
import type { Allocation } from '../devices/allocator.js';
import type { Policy } from '../../plan/profile/profile-file.js';

export interface Launch {
  readonly run: HeldRun;
  /** The only hardware that may measure it; null where any may. */
  readonly hardware: string | null;
  /** What it may use. */
  readonly allocation: Allocation;
  /** Keep the worker to its slots' cores. */
  readonly pinned: boolean;
  readonly policy: Policy;
  /** How long it takes by estimate. */
  readonly seconds: number;
}

/** How a worker ended, as its operating system or queue tells it. */
export interface JobEnd {
  /** Null: ended by a signal, or nobody could tell (an adopted worker). */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not be started at all. */
  readonly notStarted: string | null;
  /** Something says that the kernel ended a process for lack of memory meanwhile. */
  readonly outOfMemoryKill: boolean;
  /** What its queue says of the end, where that is more than an exit code. */
  readonly verdict?: QueueVerdict;
}

export interface QueueVerdict {
  readonly kind: 'timeout' | 'node-lost' | 'cancelled';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface AttemptEnd {
  readonly end: JobEnd;
  /** What it was ended for by whoever watches its limits. */
  readonly killed: 'timeout' | 'silence' | null;
  /** By a clock that does not jump. */
  readonly seconds: number;
}

/** A started job. */
export interface Attempt {
  /** The run with its worker written down in the lease. */
  readonly run: HeldRun;
  /** Set where it waits in a queue first; `over` resolves when it runs. */
  readonly queued: { readonly name: string; readonly over: Promise<void> } | null;
  /** Resolves once nothing of the job is left running; never rejects. */
  readonly ended: Promise<AttemptEnd>;
  /** `gracefully`: finish the step, write a checkpoint, exit. `at once`: every process of it, now. */
  stop(how: 'gracefully' | 'at once'): void;
}

/** A job without a scheduler: its slots are in use until it has ended. */
export interface Stray {
  /** For people: `process 123`. */
  readonly name: string;
  readonly slots: readonly string[];
  readonly ended: Promise<void>;
}

/** Writes down what does the work. */
export type RecordWorker = (worker: { readonly pid: number } | { readonly job: QueueJob }) => HeldRun;

export interface Executor {
  readonly name: 'local' | 'slurm';
  /**
   * Starts a job. `record` is called before the worker may do anything, so that no worker ever runs unrecorded.
   * Rejects with what `record` throws, and with a Problem where a job like this can never be started.
   */
  start(launch: Launch, record: RecordWorker): Promise<Attempt>;
  /** Watches a job that another scheduler started. */
  adopt(run: HeldRun, policy: Policy): Attempt;
  /** Ends whatever a dead lease's job left running. */
  endLeftovers(lease: Lease): void;
  /** Jobs that a dead scheduler left on these slots, but for those with a known token. */
  strays(slots: readonly string[], known: ReadonlySet<string>): Stray[];
  /** Each `start` that is still under way rejects with a Problem. */
  giveUpStarting?(): void;
  /** Calls `warn` for what a person should do something about: a job that is held, a queue that does not answer. */
  onTrouble?(warn: (message: string) => void): void;
}
