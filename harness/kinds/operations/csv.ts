/** `operations.csv`: a row an operation that was timed, what projections are made of. */
import { jobCsv, type Column } from '../csv.js';
import type { OperationsJob } from './job.js';
import type { OperationTimes } from './operation-times.js';
import type { OperationsResult } from './result.js';

interface Row {
  readonly job: OperationsJob;
  readonly result: OperationsResult;
  readonly operation: OperationTimes['operations'][number];
}

const columns: readonly Column<Row>[] = [
  { name: 'job', means: 'id of the job: networks whose operations were timed one by one', of: ({ job }) => job.id },
  { name: 'title', means: 'the job, for people', of: ({ job }) => job.title },
  { name: 'protocol', means: 'name of the protocol', of: ({ job }) => job.protocol.name },
  { name: 'engine', means: 'what computed the step', of: ({ job }) => job.engine },
  { name: 'hardware', means: 'model of the devices', of: ({ result }) => result.hardware },
  {
    name: 'signature',
    means: 'type, attributes, shapes and element type: operations with one signature cost the same on one device',
    of: ({ operation }) => operation.signature,
  },
  { name: 'bytes', means: 'bytes that it reads and writes', of: ({ operation }) => operation.bytes },
  { name: 'flops', means: 'multiply-adds counted twice', of: ({ operation }) => operation.flops },
  { name: 'count', means: 'operations of the steps that have the signature', of: ({ operation }) => operation.count },
  {
    name: 'microseconds',
    means: 'times over the profiled steps, ascending, each the mean over those operations, with spaces between',
    of: ({ operation }) => operation.times.join(' '),
  },
  {
    name: 'otherLoad',
    means: "share of the cores' time that other processes took meanwhile, 0 … 1; empty where the system does not tell",
    of: ({ result }) => result.otherLoad,
  },
  { name: 'wallSeconds', means: 'time of all attempts of the job, seconds', of: ({ result }) => result.wallSeconds },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
];

export const operationsCsv = jobCsv('operations.csv', columns, (job: OperationsJob, result: OperationsResult) =>
  result.times.operations.map((operation) => ({ job, result, operation })),
);
