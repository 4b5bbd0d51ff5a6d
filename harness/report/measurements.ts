/** What the tables are computed from: the measured part of results, whether read from run folders or from CSVs. */
import type { Failure } from '../result/failure.js';
import type { CellResult, ErrorResult, TimingResult } from '../result/result.js';

export type ErrorMeasurement = Pick<
  ErrorResult,
  | 'kind'
  | 'id'
  | 'parameters'
  | 'trainImages'
  | 'validationImages'
  | 'last'
  | 'best'
  | 'evaluations'
  | 'finalLoss'
  | 'wallSeconds'
>;
export type TimingMeasurement = Pick<TimingResult, 'kind' | 'id' | 'hardware' | 'rows' | 'wallSeconds'>;
export type Measurement = ErrorMeasurement | TimingMeasurement;

/** How a cell ended: a result, or the failure of its last attempt; neither when it has not run. */
export interface Outcome {
  readonly result?: CellResult;
  readonly failure?: Failure;
}

export interface Measurements {
  readonly results: ReadonlyMap<string, Measurement>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** Splits outcomes by cell id into what was measured and what failed; a result outlives an older failure. */
export function measurementsOf(outcomes: ReadonlyMap<string, Outcome>): Measurements {
  const results = new Map<string, Measurement>();
  const failures = new Map<string, Failure>();
  for (const [id, { result, failure }] of outcomes) {
    if (result) results.set(id, result);
    else if (failure) failures.set(id, failure);
  }
  return { results, failures };
}
