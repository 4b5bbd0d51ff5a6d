/** What a run leaves behind: CSVs of all that was measured, and the reports made of it. */
import { join } from 'node:path';
import type { Cell } from '../../plan/cell.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { collect } from './collect.js';
import type { Failure } from '../../store/failure.js';
import type { CellResult } from '../../store/result.js';
import type { RunStore } from '../../store/store.js';
import { makeFolder, writing } from '../../core/files/write-problem.js';

export interface CellOutcome {
  readonly result?: CellResult;
  readonly failure?: Failure;
}

/** How each cell of a plan stands. A result that cannot be read is left out, and said. */
export function readOutcomes(
  cells: readonly Cell[],
  store: RunStore,
  warn: (message: string) => void,
): Map<string, CellOutcome> {
  const outcomes = new Map<string, CellOutcome>();
  for (const { id } of cells) {
    try {
      const result = store.result(id);
      const failure = result ? null : store.failure(id);
      outcomes.set(id, { ...(result ? { result } : {}), ...(failure ? { failure } : {}) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      warn(error.message);
    }
  }
  return outcomes;
}

/** Writes `errors.csv` and `timing.csv` into `reports/<profile>/`. @throws Problem DISK_FULL, NOT_WRITABLE */
export function writeCsvs(plan: ExperimentPlan, outcomes: ReadonlyMap<string, CellOutcome>, folder: string): string[] {
  const { errors, timing } = collect(plan.cells, (id) => outcomes.get(id)?.result ?? null);
  return [
    ['errors.csv', errors],
    ['timing.csv', timing],
  ].map(([name, text]) => {
    const path = join(folder, name ?? '');
    makeFolder(folder);
    writing(path, () => {
      writeAtomically(path, text ?? '');
    });
    return path;
  });
}
