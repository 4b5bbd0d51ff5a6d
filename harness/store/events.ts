/**
 * What a worker tells: one JSON object a line in `events.jsonl`, append-only. Progress, status and CSVs are functions of
 * these and of results. A torn last line (a killed worker) is tolerated by readers.
 */
import type { Environment } from './environment.js';
import type { Failure } from './failure.js';

interface Stamped {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly attempt: number;
}

export type Phase =
  'loading' | 'compiling' | 'warming-up' | 'training' | 'evaluating' | 'analysing' | 'timing' | 'trying' | 'saving';

export type WorkerEvent =
  | (Stamped & { readonly type: 'started'; readonly pid: number; readonly environment: Environment })
  /** Goes on from a checkpoint: steps done before. */
  | (Stamped & { readonly type: 'resumed'; readonly step: number })
  | (Stamped & { readonly type: 'phase'; readonly phase: Phase; readonly detail?: string })
  /** A few times a second at most while training. */
  | (Stamped & {
      readonly type: 'step';
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly learningRate: number;
      readonly millisecondsPerStep: number;
    })
  | (Stamped & {
      readonly type: 'evaluated';
      readonly step: number;
      readonly epoch: number;
      readonly errorPct: number;
      readonly top5ErrorPct: number;
    })
  /** Timing: one row's turn in a round is done. */
  | (Stamped & {
      readonly type: 'timed';
      readonly row: string;
      readonly round: number;
      readonly rounds: number;
      readonly milliseconds: readonly number[];
    })
  /** Trials of a numerical problem, now and then. */
  | (Stamped & { readonly type: 'tried'; readonly done: number; readonly trials: number })
  /** Other processes took so large a share of the cores' time, 0 … 1, that it distorts the times. */
  | (Stamped & { readonly type: 'disturbed'; readonly otherLoad: number })
  /** Cards were slowed down during a round of a timing, of so many turns; `again`: it is taken again. */
  | (Stamped & {
      readonly type: 'throttled';
      readonly reasons: readonly string[];
      readonly turns: number;
      readonly again: boolean;
    })
  | (Stamped & { readonly type: 'checkpointed'; readonly step: number })
  /** Stopped on request (SIGINT, SIGTERM or SIGUSR1) after a checkpoint. */
  | (Stamped & { readonly type: 'stopped'; readonly step: number })
  | (Stamped & { readonly type: 'finished' })
  | (Stamped & { readonly type: 'failed'; readonly failure: Failure });

type WithoutStamp<E> = E extends unknown ? Omit<E, 'at' | 'attempt'> : never;

/** An event as the worker tells it; the log adds the time and the attempt. */
export type Told = WithoutStamp<WorkerEvent>;

export type Tell = (event: Told) => void;
