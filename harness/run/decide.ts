/** What a run of a plan would do with each job, and why. */
import { explainDifference } from '../kinds/identity.js';
import { kindOf, type Cell } from '../kinds/index.js';
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
  readonly cell: Cell;
  readonly action: Action;
  /** Why, in a few words. */
  readonly why: string;
}

export function decide(cell: Cell, store: RunStore): Decision {
  switch (store.state(cell.id)) {
    case 'done':
      return { cell, action: 'reuse', why: 'has a result' };
    case 'running':
      return { cell, action: 'wait', why: 'is being run by another process' };
    case 'failed': {
      const failure = store.failure(cell.id);
      return { cell, action: 'retry', why: `failed: ${failure?.message ?? 'unknown reason'}` };
    }
    case 'interrupted': {
      const step = kindOf(cell).resumes ? lastStep(store.folder(cell.id)) : null;
      return { cell, action: 'resume', why: step === null ? 'was interrupted' : `was interrupted after step ${step}` };
    }
    case 'absent':
      return { cell, action: 'run', why: 'never run' };
  }
}

/** For each job without a run of its own: what differs from the most similar stored run with the same title. */
export function explain(paper: Paper, decisions: readonly Decision[], store: RunStore): Map<string, readonly string[]> {
  const asked = decisions.filter(({ action }) => action === 'run').map(({ cell }) => cell);
  if (asked.length === 0) return new Map();
  const byTitle = new Map<string, Cell[]>();
  for (const id of store.ids()) {
    const cell = store.job(id);
    if (cell?.paper === paper.id) byTitle.set(cell.title, [...(byTitle.get(cell.title) ?? []), cell]);
  }
  const explanations = new Map<string, readonly string[]>();
  for (const cell of asked) {
    const differences = (byTitle.get(cell.title) ?? [])
      .filter(({ id, kind }) => id !== cell.id && kind === cell.kind)
      .map((before) => explainDifference(paper, before, cell))
      .sort((a, b) => a.length - b.length);
    if (differences[0]) explanations.set(cell.id, differences[0]);
  }
  return explanations;
}
