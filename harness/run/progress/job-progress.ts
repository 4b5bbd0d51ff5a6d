/** How far one running job is: a function of its worker's events. */
import { kindOf, type Job } from '../../kinds/index.js';
import type { Phase, WorkerEvent } from '../../store/events.js';

export interface JobProgress {
  readonly phase: Phase | 'starting';
  /** Steps, turns or trials done and to do. */
  readonly done: number;
  /** 0 where nothing is counted. */
  readonly total: number;
  readonly unit: 'step' | 'turn' | 'trial';
  /** Steps that an earlier attempt had done. */
  readonly resumedAt: number;
  readonly loss: number | null;
  readonly errorPct: number | null;
  readonly millisecondsPerStep: number | null;
  /** When the first step of this attempt was seen, by the monotonic clock, and how many were done then. */
  readonly firstStep: { readonly at: number; readonly done: number } | null;
  /** Where rows take turns, the one whose turn it was last. */
  readonly row: string | null;
  /** Share of the cores' time that others took while it was timed, where that was too much. */
  readonly otherLoad: number | null;
  /** What slowed its cards down in rounds that were kept. */
  readonly throttled: readonly string[];
}

export function initialProgress(job: Job): JobProgress {
  return {
    phase: 'starting',
    done: 0,
    ...kindOf(job).progress(job),
    resumedAt: 0,
    loss: null,
    errorPct: null,
    millisecondsPerStep: null,
    firstStep: null,
    row: null,
    otherLoad: null,
    throttled: [],
  };
}

/** The progress after one more event, seen at `now` (seconds, monotonic). */
export function after(progress: JobProgress, event: WorkerEvent, now: number): JobProgress {
  switch (event.type) {
    case 'resumed':
      return { ...progress, done: event.step, resumedAt: event.step };
    case 'phase':
      return { ...progress, phase: event.phase };
    case 'step':
      return {
        ...progress,
        phase: 'training',
        done: event.step,
        total: event.steps,
        loss: event.loss,
        millisecondsPerStep: event.millisecondsPerStep,
        firstStep: progress.firstStep ?? { at: now, done: event.step },
      };
    case 'evaluated':
      return { ...progress, errorPct: event.errorPct };
    case 'timed': {
      const mean = event.milliseconds.reduce((sum, value) => sum + value, 0) / Math.max(1, event.milliseconds.length);
      const done = progress.done + 1;
      return {
        ...progress,
        phase: 'timing',
        done,
        millisecondsPerStep: mean,
        row: event.row,
        firstStep: progress.firstStep ?? { at: now, done },
      };
    }
    case 'tried':
      return { ...progress, done: event.done, firstStep: progress.firstStep ?? { at: now, done: event.done } };
    case 'disturbed':
      return { ...progress, otherLoad: event.otherLoad };
    case 'throttled':
      return event.again
        ? { ...progress, done: Math.max(0, progress.done - event.turns) }
        : { ...progress, throttled: [...new Set([...progress.throttled, ...event.reasons])] };
    case 'started':
    case 'checkpointed':
    case 'stopped':
    case 'finished':
    case 'failed':
      return progress;
  }
}

/** Seconds to go at the pace so far, evaluations included; null before there is a pace. */
export function secondsLeft(progress: JobProgress, now: number): number | null {
  const { firstStep, done, total } = progress;
  if (!firstStep) return null;
  const counted = done - firstStep.done;
  const pace = counted > 0 ? (now - firstStep.at) / counted : (progress.millisecondsPerStep ?? 0) / 1000;
  return pace > 0 ? pace * Math.max(0, total - done) : null;
}
