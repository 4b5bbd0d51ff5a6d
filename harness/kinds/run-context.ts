/** What a job is run with, in its subprocess. */
import type { Paper } from '../plan/paper/paper.js';
import type { Tell } from '../store/events.js';
import type { Execution } from '../store/execution.js';

export interface RunContext {
  /** Whose networks or problems the job has; models are loaded where its kind of work computes with them. */
  readonly paper: Paper;
  /** The run folder. */
  readonly folder: string;
  readonly execution: Execution;
  readonly tell: Tell;
  /** A line for `log.txt`. */
  readonly warn: (line: string) => void;
  /** Aborted: finish the step, keep what can be kept, stop. */
  readonly signal: AbortSignal;
  /** Announces the attempt, once engine and data are open. `tensorflow`: version of what computes. */
  readonly begin: (tensorflow: string) => Promise<void>;
}

/** An engine, and what else a job has open. */
export interface Opened {
  /** Version of the TensorFlow library or tfjs backend that computes. */
  readonly tensorflow: string;
  close(): Promise<void>;
}

/** Opens engine and data, announces the attempt, and closes what was opened whatever comes of the work. */
export async function withOpened<Parts extends Opened, Outcome>(
  { tell, begin }: Pick<RunContext, 'tell' | 'begin'>,
  open: () => Promise<Parts>,
  work: (parts: Parts) => Promise<Outcome>,
): Promise<Outcome> {
  tell({ type: 'phase', phase: 'loading' });
  const parts = await open();
  try {
    await begin(parts.tensorflow);
    return await work(parts);
  } finally {
    await parts.close();
  }
}
