/** What a run leaves behind: CSVs of all that was measured, and the reports made of it. */
import { join } from 'node:path';
import type { Cell } from '../experiment/cell.js';
import type { ExperimentPlan } from '../experiment/plan.js';
import { Problem } from '../problem.js';
import { writeAtomically } from '../result/atomic-write.js';
import { collect } from '../result/collect.js';
import type { Failure } from '../result/failure.js';
import type { CellResult } from '../result/result.js';
import type { RunStore } from '../result/store.js';
import { makeFolder, writing } from '../result/write-problem.js';

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
