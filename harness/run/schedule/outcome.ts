/** What a run folder, or an ended attempt, comes to. */
import { Problem } from '../../core/problem.js';
import type { Failure } from '../../store/failure.js';
import { runFile } from '../../store/run-folder.js';
import { isDamage } from '../../store/stored-json.js';
import type { HeldRun, Outcome } from '../../store/held-run.js';
import type { RunStore } from '../../store/store.js';
import { logTail } from '../local/bounded-log.js';
import { classify } from '../local/classify.js';
import type { Policy } from '../../plan/profile/profile-file.js';
import type { Job } from '../../kinds/index.js';
import type { AttemptEnd } from '../local/executor.js';
import { workerExits } from '../worker/worker-exit.js';
import type { ScheduleEvent } from './schedule-event.js';

export interface Circumstances {
  readonly store: RunStore;
  readonly policy: Policy;
  /** Somebody asked the schedule to stop. */
  readonly stopping: boolean;
}

/** Whether a job has a result. One that cannot be used is said, and counts as none: the job is run again. @throws Problem RUN_SCHEMA */
export function isDone(
  job: Job,
  { store, tell }: { readonly store: RunStore; readonly tell: (event: ScheduleEvent) => void },
): boolean {
  try {
    return store.result(job.id) !== null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    tell({ type: 'warning', message: `${job.title} is run again: ${error.message}` });
    return false;
  }
}

/** A result is success, whatever the exit code; without one the worker's own report counts, then the circumstances. */
export function outcomeOf(
  run: HeldRun,
  { end, killed }: AttemptEnd,
  { store, policy, stopping }: Circumstances,
): Outcome {
  const evidence = {
    end,
    killed,
    limitSeconds: killed === 'silence' ? policy.silenceSeconds : policy.timeoutSeconds,
    logTail: logTail(runFile(run.folder, 'log')),
    attempt: run.lease.attempt,
    at: new Date().toISOString(),
  };
  try {
    if (store.result(run.id) !== null) return { outcome: 'done' };
    if (stopping && killed === null)
      return { outcome: end.exitCode === workerExits.stopped ? 'stopped' : 'interrupted' };
    return { outcome: 'failed', failure: classify({ ...evidence, reported: store.failure(run.id) }) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const failure = classify({ ...evidence, reported: null });
    return { outcome: 'failed', failure: { ...failure, kind: 'exit', code: error.code, message: error.message } };
  }
}

/** The failure of an attempt whose folder or process could not be made. */
export const notStarted = (problem: Problem, attempt: number): Failure => ({
  kind: 'not-started',
  code: problem.code,
  message: problem.message,
  hint: problem.hint ?? null,
  exitCode: null,
  signal: null,
  logTail: [],
  at: new Date().toISOString(),
  attempt,
});
