/** The kind of work that gives the prices that projections rest on: timing operations one by one. */
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { startSeconds } from '../step-time.js';
import { identityOfRows, replicasOf } from '../timing/job.js';
import { rowsNeeds, turnSeconds } from '../rows/rows-needs.js';
import { operationsCsv } from './csv.js';
import { readOperationsJob, type OperationsJob } from './job.js';
import { profiling, warming } from './profiling.js';
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

  ...rowsNeeds,
  seconds: (job, device, sizeOf) => {
    const turn = turnSeconds(job, device, sizeOf);
    const profiled = Math.min(profiling.most, Math.max(profiling.fewest, Math.ceil(profiling.seconds / turn)));
    return startSeconds + (warming.steps + profiled) * turn;
  },

  // Its few steps are soon over.
  progress: () => ({ total: 0, unit: 'turn' }),

  run: async (job, context) => (await import('./run.js')).runOperations(job, context),
  result: operationsResultSchema,
  csv: operationsCsv,
};
