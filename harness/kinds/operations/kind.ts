/** The kind of work that gives the prices that projections rest on: timing operations one by one. */
import type { JobKind } from '../kind.js';
import { startSeconds } from '../step-time.js';
import { identityOfRows } from '../timing/job.js';
import { rowsNeeds, turnSeconds } from '../rows/rows-needs.js';
import { operationsCsv } from './csv.js';
import { readOperationsJob, type OperationsJob } from './job.js';
import { profiling, warming } from './profiling.js';
import { operationsResultSchema, type OperationsResult } from './result.js';

export const operations: JobKind<OperationsJob, OperationsResult> = {
  kind: 'operations',
  is: (job): job is OperationsJob => job.kind === 'operations',
  read: readOperationsJob,
  // What an operation costs depends on its type, attributes and shapes alone, whatever network and protocol it is of.
  identity: (paper, { kind, prices, batch, devices, engine, hardware }) => {
    const protocol = {};
    const numericsVersion = paper.numerics.versionOf('timing', protocol);
    return { kind, numericsVersion, prices, protocol, batch, devices, engine, hardware };
  },
  inWords: (job) => ({ rows: identityOfRows(job) }),

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
