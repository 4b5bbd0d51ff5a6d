/** The kind of work that gives the prices that projections rest on: timing operations one by one. */
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { startSeconds, stepSeconds } from '../step-time.js';
import { logBytes } from '../stored-job.js';
import { batchOf, identityOfRows, replicasOf } from '../timing/job.js';
import { operationsCsv } from './csv.js';
import { readOperationsJob, type OperationsJob } from './job.js';
import { profiling, warmUpSteps } from './profiling.js';
import { operationsResultSchema, type OperationsResult } from './result.js';

export const operations: JobKind<OperationsJob, OperationsResult> = {
  kind: 'operations',
  is: (job): job is OperationsJob => job.kind === 'operations',
  read: readOperationsJob,
  identity: (paper, job) => {
    const { kind, batch, engine, hardware } = job;
    const networks = job.rows.map(({ network }) => network);
    const question = { of: 'timing', networks, replicas: replicasOf(job), inputPipeline: false } as const;
    const protocol = decisiveOptions(paper, job.protocol, question);
    const numericsVersion = paper.numerics.versionOf(question.of, protocol);
    return { kind, numericsVersion, rows: identityOfRows(job), protocol, batch, engine, hardware };
  },

  tensorFlow: true,
  devices: ({ devices }) => devices,
  alone: true,
  bound: ({ hardware, engine, devices }) => ({ hardware, engine, devices }),
  // The rows take turns: one step at a time needs its activations.
  memoryBytes: (job, sizeOf) =>
    Math.max(...job.rows.map((row) => sizeOf(row.network, job.protocol, batchOf(job, row)).peakBytes)),
  diskBytes: () => logBytes,
  seconds: (job, device, sizeOf) => {
    const turn = job.rows.reduce(
      (sum, row) => sum + stepSeconds(sizeOf(row.network, job.protocol, batchOf(job, row)), device),
      0,
    );
    const profiled = Math.min(profiling.most, Math.max(profiling.fewest, Math.ceil(profiling.seconds / turn)));
    return startSeconds * job.rows.length + (warmUpSteps + profiled) * turn;
  },
  repeats: () => null,

  // Its few steps are soon over.
  progress: () => ({ total: 0, unit: 'turn' }),
  resumes: false,
  whenStopped: 'it will begin anew, since its rows have to be timed side by side',

  run: async (job, context) => (await import('./run.js')).runOperations(job, context),
  result: operationsResultSchema,
  csv: operationsCsv,
};
