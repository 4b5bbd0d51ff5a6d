/** What a run of a plan would do with each job, and why. */
import { explainDifference } from '../kinds/identity.js';
import { kindOf, type Job } from '../kinds/index.js';
import type { Paper } from '../plan/paper/paper.js';
import { lastStep } from '../store/last-step.js';
import type { RunStore } from '../store/store.js';

export type Action =
  /** It has a result. */
  | 'reuse'
  | 'run'
  /** It was interrupted, and goes on from its checkpoint. */
  | 'resume'
  /** It failed, and is tried again. */
  | 'retry'
  /** Another process works on it now. */
  | 'wait';

export interface Decision {
  readonly job: Job;
  readonly action: Action;
  /** Why, in a few words. */
  readonly why: string;
}

export function decide(job: Job, store: RunStore): Decision {
  switch (store.state(job.id)) {
    case 'done':
      return { job, action: 'reuse', why: 'has a result' };
    case 'running':
      return { job, action: 'wait', why: 'is being run by another process' };
    case 'failed': {
      const failure = store.failure(job.id);
      return { job, action: 'retry', why: `failed: ${failure?.message ?? 'unknown reason'}` };
    }
    case 'interrupted': {
      const step = kindOf(job).resumes ? lastStep(store.folder(job.id)) : null;
      return { job, action: 'resume', why: step === null ? 'was interrupted' : `was interrupted after step ${step}` };
    }
    case 'absent':
      return { job, action: 'run', why: 'never run' };
  }
}

/** For each job without a run of its own: what differs from the most similar stored run with the same title. */
export function explain(paper: Paper, decisions: readonly Decision[], store: RunStore): Map<string, readonly string[]> {
  const asked = decisions.filter(({ action }) => action === 'run').map(({ job }) => job);
  if (asked.length === 0) return new Map();
  const byTitle = new Map<string, Job[]>();
  for (const id of store.ids()) {
    const job = store.job(id);
    if (job?.paper === paper.id) byTitle.set(job.title, [...(byTitle.get(job.title) ?? []), job]);
  }
  const explanations = new Map<string, readonly string[]>();
  for (const job of asked) {
    const differences = (byTitle.get(job.title) ?? [])
      .filter(({ id, kind }) => id !== job.id && kind === job.kind)
      .map((before) => explainDifference(paper, before, job))
      .sort((a, b) => a.length - b.length);
    if (differences[0]) explanations.set(job.id, differences[0]);
  }
  return explanations;
}
