/** Results of each kind of work, as `result.json` has them. */
import type {
  AnalysisResult,
  ErrorResult,
  OperationsResult,
  TimingResult,
  TrialsResult,
} from '../../harness/kinds/index.js';
import type { SharedResult } from '../../harness/kinds/result.js';
import type { Environment } from '../../harness/store/environment.js';
import { anyEnvironment, anyResult } from '../../bench/made-up-results.js';
import { analysisJob, operationsJob, timingJob, trainingJob, trialsJob } from './jobs.js';

export const environment = (changes: Partial<Environment> = {}): Environment => ({
  ...anyEnvironment,
  host: 'host',
  os: 'linux 6.1.0 x64',
  cpu: 'CPU Y',
  memoryBytes: 2 ** 34,
  node: 'v20.0.0',
  tensorflow: '2.0',
  ...changes,
});

const shared = (id: string): SharedResult => ({ ...anyResult(id), environment: environment() });

export function trainingResult(changes: Partial<ErrorResult> = {}): ErrorResult {
  const evaluation = { step: 12, epoch: 3, errorPct: 50, top5ErrorPct: 10, sampledErrorPct: null, loss: 1 };
  return {
    kind: 'error',
    ...shared(trainingJob().id),
    parameters: 12,
    trainImages: 20,
    validationImages: 12,
    last: evaluation,
    best: evaluation,
    evaluations: [evaluation],
    finalLoss: 0.75,
    ...changes,
  };
}

const stepMemory = {
  variables: 24,
  weights: 12,
  momentum: 12,
  tensors: 3_000_000,
  activations: 2_900_000,
  weightGradients: 12,
  peak: 3_000_024,
};

export function timingResult(changes: Partial<TimingResult> = {}): TimingResult {
  const job = timingJob();
  return {
    kind: 'timing',
    ...shared(job.id),
    hardware: job.hardware,
    otherLoad: null,
    rows: job.rows.map(({ row, layout }) => ({
      row,
      layout: layout.text,
      parameters: 12,
      milliseconds: [2, 1],
      rounds: [0, 1],
      otherLoads: [null, 0.25],
      compileSeconds: 1,
      busySeconds: null,
      memory: [stepMemory, { ...stepMemory, tensors: 2_500_001, peak: 2_500_025 }],
    })),
    ...changes,
  };
}

export function operationsResult(changes: Partial<OperationsResult> = {}): OperationsResult {
  const job = operationsJob();
  return {
    kind: 'operations',
    ...shared(job.id),
    hardware: job.hardware,
    otherLoad: null,
    times: {
      hardware: { kind: 'cpu', model: 'CPU Y' },
      operations: [{ signature: 'Relu|4,8>4,8', type: 'Relu', bytes: 256, flops: 0, count: 2, times: [1, 2] }],
      beyond: [1, 1],
      gaps: [0, 0],
      effects: null,
    },
    ...changes,
  };
}

export const trialsResult = (changes: Partial<TrialsResult> = {}): TrialsResult => ({
  kind: 'trials',
  ...shared(trialsJob().id),
  counts: { global: 7, spurious: 3, unfinished: 0, unstable: 0 },
  success: 'global',
  ...changes,
});

/** One number before the training and one after it. */
export const analysisResult = (changes: Partial<AnalysisResult> = {}): AnalysisResult => {
  const { trainImages, validationImages, last, finalLoss } = trainingResult();
  const row = { quantity: 'remainder', place: 'stage1/units1-2', variant: 'frozen, exact', unit: 'ratio', sample: 0 };
  return {
    ...{ kind: 'analysis', ...shared(analysisJob().id), trainImages, validationImages, last, finalLoss },
    rows: [
      { ...row, step: 0, value: 0.5 },
      { ...row, step: 12, value: null },
    ],
    ...changes,
  };
};
