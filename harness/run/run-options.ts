/** What a command line says of where and how jobs run. */
import type { EngineName } from '../engine/engine.js';

/** Folders, devices and executor. */
export interface SiteOptions {
  readonly devices?: string | undefined;
  readonly engine: EngineName;
  readonly reportsFolder?: string | undefined;
  readonly dataCache?: string | undefined;
  readonly executor: 'local' | 'slurm';
  /** File that says what the Slurm cluster wants. */
  readonly site?: string | undefined;
  /** Nothing is run, and so nothing is asked of a cluster but its queue. */
  readonly planning?: boolean | undefined;
}

export interface RunOptions extends SiteOptions {
  readonly keepGoing: boolean;
  /** No progress. */
  readonly quiet: boolean;
  readonly trace: boolean;
  readonly deterministic: boolean;
  readonly tf32: boolean;
  readonly tensorboard: boolean;
  /** Jobs at once, or in a cluster's queue. */
  readonly jobs?: number | undefined;
  readonly detach: boolean;
  readonly json: boolean;
}
