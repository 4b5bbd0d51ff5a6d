/** How a cell's worker is started and asked after. Local processes are one way, a cluster's queue another. */
import type { HeldRun } from '../result/store.js';
import type { Lease, Liveness } from '../result/lease.js';

export interface Job {
  readonly run: HeldRun;
  /** The devices it may see: UUIDs for CUDA_VISIBLE_DEVICES; empty on CPU. */
  readonly gpus: readonly string[];
  /** Cores to keep to; empty: any. */
  readonly cores: readonly number[];
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
}

export interface JobHandle {
  /** The run with its worker written down in the lease. */
  readonly run: HeldRun;
  /** Resolves once nothing of the job is left running; never rejects. */
  readonly ended: Promise<JobEnd>;
  /** `gracefully`: finish the step, write a checkpoint, exit. `at once`: every process of it, now. */
  cancel(how: 'gracefully' | 'at once'): void;
}

/** A job without a scheduler: its slots are in use until it has ended. */
export interface Stray {
  /** For people: `process 123`. */
  readonly name: string;
  readonly slots: readonly string[];
  readonly ended: Promise<void>;
}

export interface Executor {
  readonly name: 'local' | 'slurm';
  /**
   * Starts a job. `record` is called before the worker may do anything, so that no worker ever runs unrecorded.
   * Rejects only with what `record` throws.
   */
  start(job: Job, record: (worker: { readonly pid: number } | { readonly job: string }) => HeldRun): Promise<JobHandle>;
  /** Watches a job that another scheduler started. */
  adopt(run: HeldRun): JobHandle;
  /** Ends whatever a dead lease's job left running. */
  endLeftovers(lease: Lease): void;
  /** Jobs that a dead scheduler left on these slots, but for those with a known token. */
  strays(slots: readonly string[], known: ReadonlySet<string>): Stray[];
  /** Of a lease that the process table cannot judge; undefined: this executor cannot either. */
  liveness?(lease: Lease): Liveness | undefined;
}
