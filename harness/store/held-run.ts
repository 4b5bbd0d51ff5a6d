/** An attempt: what it begins with, who holds it, and how it ends. */
import type { Job } from '../kinds/index.js';
import type { Execution } from './execution.js';
import type { Failure } from './failure.js';
import type { Lease, Liveness, TakeOver } from './lease.js';

/** Between which a kill is survived; tests stop the process at each. */
export type StoreStep =
  'claimed' | 'began' | 'invalidated' | 'prepared' | 'recorded' | 'failure-written' | 'logged' | 'released';

/** An attempt that this process holds the lease of. */
export interface HeldRun {
  readonly id: string;
  readonly folder: string;
  readonly lease: Lease;
}

export type Begin =
  | { readonly state: 'begun'; readonly run: HeldRun }
  /** Another process finished it meanwhile. */
  | { readonly state: 'done' }
  | { readonly state: 'busy'; readonly holder: Lease; readonly liveness: Exclude<Liveness, 'dead'> };

export interface BeginRequest {
  readonly job: Job;
  /** Shown by `status`; in `--devices` notation. */
  readonly devices: string;
  readonly slots: readonly string[];
  readonly execution: (attempt: number) => Execution;
  /** Run it again though it is done. */
  readonly anew?: boolean;
  readonly takeOver?: TakeOver;
}

export type Outcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: 'stopped' }
  | { readonly outcome: 'interrupted' };
