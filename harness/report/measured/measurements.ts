/** What tables are worked out from: the measured part of results, whether read from run folders or from CSVs. */
import { analysis, timing, training, trials, type JobResult } from '../../kinds/index.js';
import type { AnalysisResult } from '../../kinds/analysis/result.js';
import type { ErrorResult } from '../../kinds/training/result.js';
import type { TimedRowResult, TimingResult } from '../../kinds/timing/result.js';
import { undisturbed } from '../../kinds/timing/undisturbed.js';
import type { Failure } from '../../store/failure.js';
import type { Hardware } from '../evaluate/quantity.js';

export type TrainingMeasurement = Pick<
  ErrorResult,
  | 'id'
  | 'parameters'
  | 'trainImages'
  | 'validationImages'
  | 'last'
  | 'best'
  | 'evaluations'
  | 'finalLoss'
  | 'wallSeconds'
  | 'diagnoses'
  | 'stepSeconds'
  | 'probes'
> & {
  /** What its steps ran on; not known of measurements older than this. */
  readonly hardware?: Hardware | undefined;
};

export interface TimingMeasurement {
  readonly id: string;
  readonly hardware: Hardware;
  /** Share of the cores' time that others took, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
  readonly rows: readonly Pick<
    TimedRowResult,
    'row' | 'parameters' | 'milliseconds' | 'rounds' | 'busyShare' | 'memory'
  >[];
}

export interface TrialsMeasurement {
  readonly id: string;
  /** Trials by outcome. */
  readonly counts: Readonly<Record<string, number>>;
  /** The outcome that counts as success. */
  readonly success: string;
}

export type AnalysisMeasurement = Pick<AnalysisResult, 'id' | 'trainImages' | 'validationImages' | 'rows'> & {
  /** After the last step, percent. */
  readonly errorPct: number;
};

/** How a job ended: a result, or the failure of its last attempt; neither when it has not run. */
export interface Outcome {
  readonly result?: JobResult;
  readonly failure?: Failure;
}

/** By job id. */
export interface Measurements {
  readonly trainings: ReadonlyMap<string, TrainingMeasurement>;
  readonly timings: ReadonlyMap<string, TimingMeasurement>;
  readonly trials: ReadonlyMap<string, TrialsMeasurement>;
  readonly analyses: ReadonlyMap<string, AnalysisMeasurement>;
  /** Every job with a result, those that no table shows a number of among them. */
  readonly finished: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** A worker sees GPUs only where it computes on them. */
export const hardwareOf = ({ hardware, environment }: Pick<TimingResult, 'hardware' | 'environment'>): Hardware => ({
  kind: environment.gpus.length > 0 ? 'gpu' : 'cpu',
  model: hardware,
});

/** Undisturbed rounds; of results that have no load beside their steps all rounds, and the load of the whole. */
export const stepsThatCount = <Row extends Pick<TimedRowResult, 'milliseconds' | 'rounds' | 'otherLoads'>>(
  rows: readonly Row[],
  otherLoad: number | null,
): { readonly rows: readonly Row[]; readonly otherLoad: number | null } =>
  rows.every(({ otherLoads = [] }) => otherLoads.every((load) => load === null))
    ? { rows, otherLoad }
    : undisturbed(rows);

const trainingHardwareOf = ({ environment: { gpus, cpu } }: ErrorResult): Hardware =>
  gpus.length > 0 ? { kind: 'gpu', model: gpus.join(' and ') } : { kind: 'cpu', model: cpu };

/** Splits outcomes by job id into what was measured and what failed; a result outlives an older failure. @param redact takes names out of failures' messages */
export function measurementsOf(
  outcomes: ReadonlyMap<string, Outcome>,
  redact: (text: string) => string = (text) => text,
): Measurements {
  const trainings = new Map<string, TrainingMeasurement>();
  const timings = new Map<string, TimingMeasurement>();
  const tried = new Map<string, TrialsMeasurement>();
  const analysed = new Map<string, AnalysisMeasurement>();
  const finished = new Set<string>();
  const failures = new Map<string, Failure>();
  for (const [id, { result, failure }] of outcomes) {
    if (result !== undefined) finished.add(id);
    else if (failure !== undefined) failures.set(id, JSON.parse(redact(JSON.stringify(failure))) as Failure);
    if (result?.kind === training.kind) trainings.set(id, { ...result, hardware: trainingHardwareOf(result) });
    if (result?.kind === timing.kind)
      timings.set(id, { id, hardware: hardwareOf(result), ...stepsThatCount(result.rows, result.otherLoad) });
    if (result?.kind === trials.kind) tried.set(id, result);
    if (result?.kind === analysis.kind) analysed.set(id, { ...result, errorPct: result.last.errorPct });
  }
  return { trainings, timings, trials: tried, analyses: analysed, finished, failures };
}
