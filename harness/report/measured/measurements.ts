/** What the tables are computed from: the measured part of results, whether read from run folders or from CSVs. */
import type { Failure } from '../../store/failure.js';
import type { Collected, CollectedError, CollectedTiming } from './collected.js';
import type { CellResult } from '../../store/result.js';

export type { Collected as Measurement, CollectedError as ErrorMeasurement, CollectedTiming as TimingMeasurement };

/** How a cell ended: a result, or the failure of its last attempt; neither when it has not run. */
export interface Outcome {
  readonly result?: CellResult;
  readonly failure?: Failure;
}

export interface Measurements {
  readonly results: ReadonlyMap<string, Collected>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** Splits outcomes by cell id into what was measured and what failed; a result outlives an older failure. */
export function measurementsOf(outcomes: ReadonlyMap<string, Outcome>): Measurements {
  const results = new Map<string, Collected>();
  const failures = new Map<string, Failure>();
  for (const [id, { result, failure }] of outcomes) {
    if (result) results.set(id, result);
    else if (failure) failures.set(id, failure);
  }
  return { results, failures };
}
