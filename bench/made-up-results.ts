/** Results of the right form for jobs that never ran: what reads and shows results is measured on them. */
import type { StepProfile } from '../harness/engine/step-graph.js';
import {
  analysis,
  training,
  trials,
  timing,
  type Job,
  type JobResult,
  type ErrorResult,
  type OperationsJob,
} from '../harness/kinds/index.js';
import type { OperationTimes } from '../harness/kinds/operations/operation-times.js';
import type { SharedResult } from '../harness/kinds/result.js';
import { batchOf } from '../harness/kinds/timing/job.js';
import { cardNamed } from '../harness/project/costs/cards.js';
import { operationTimes } from '../harness/project/costs/operation-times.js';
import { defaultEfficiency, rooflineTime } from '../harness/project/costs/roofline.js';
import { trainingStepGraph } from '../harness/project/step-graph.js';
import type { Environment } from '../harness/store/environment.js';

export const anyEnvironment: Environment = {
  host: 'any',
  os: 'linux',
  cpu: 'any CPU',
  cores: 2,
  memoryBytes: 16e9,
  gpus: [],
  driver: null,
  node: process.version,
  tensorflow: '2',
  engine: 'traced',
  devices: 'cpu:1',
  deterministic: false,
  tf32: false,
  gitCommit: null,
  gitDirty: null,
};

export const anyResult = (id: string): SharedResult => ({
  schema: 1,
  id,
  numericsVersion: 1,
  finishedAt: '2000-01-01T00:00:00.000Z',
  wallSeconds: 1,
  attempts: 1,
  environment: anyEnvironment,
  peakMemoryBytes: 1,
  energyJoules: null,
});

/** Any number of weights: nothing is worked out from it. */
const parameters = 1_000_000;

export function madeUpErrors(id: string): ErrorResult {
  const evaluation = { step: 1, epoch: 1, errorPct: 50, top5ErrorPct: 10, sampledErrorPct: null, loss: 1 };
  return {
    kind: training.kind,
    ...anyResult(id),
    parameters,
    trainImages: 1,
    validationImages: 10_000,
    last: evaluation,
    best: evaluation,
    evaluations: [evaluation],
    finalLoss: 1,
  };
}

/** A result of the form that the job's kind of work gives; the models of its paper are loaded. */
export function madeUpResult(job: Job): JobResult {
  if (training.is(job)) return madeUpErrors(job.id);
  if (trials.is(job))
    return { kind: job.kind, ...anyResult(job.id), counts: { success: job.trials }, success: 'success' };
  if (analysis.is(job)) {
    const { trainImages, validationImages, last, finalLoss } = madeUpErrors(job.id);
    return { kind: job.kind, ...anyResult(job.id), trainImages, validationImages, last, finalLoss, rows: [] };
  }
  const { hardware } = job;
  if (!timing.is(job))
    return { kind: job.kind, ...anyResult(job.id), hardware, otherLoad: 0, times: madeUpOperations(job) };
  const steps = Array.from({ length: job.rounds * job.stepsPerRound }, (_, step) => step);
  return {
    kind: job.kind,
    ...anyResult(job.id),
    hardware,
    otherLoad: 0,
    rows: job.rows.map(({ row, layout }, index) => ({
      row,
      layout: layout.text,
      parameters,
      milliseconds: steps.map((step) => 100 - 10 * index + (step % 7) / 10),
      rounds: steps.map((step) => Math.floor(step / job.stepsPerRound)),
      compileSeconds: 1,
      busySeconds: null,
    })),
  };
}

/** As many signatures as a real job has, with the times of a roofline. */
export const madeUpOperations = (job: OperationsJob): OperationTimes =>
  operationTimes(
    job.rows.map((row): StepProfile => {
      const graph = trainingStepGraph(row.layout, job.protocol, batchOf(job, row));
      const duration = Float64Array.from(graph.operations, (operation) =>
        rooflineTime(operation, cardNamed('k80'), defaultEfficiency),
      );
      let now = 0;
      const start = duration.map((time) => (now += time) - time);
      return { graph, start: [start], duration: [duration], span: [now], hardware: { kind: 'cpu', model: 'any CPU' } };
    }),
  );
