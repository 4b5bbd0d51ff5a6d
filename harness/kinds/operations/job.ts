/** Times the operations of networks one by one, for projections of layouts that there are no devices for. */
import { z } from 'zod';
import type { Paper } from '../../plan/paper/paper.js';
import { sharedJob } from '../stored-job.js';
import { readRows, storedRows, type RowsOnDevices } from '../timing/job.js';

export interface OperationsJob extends RowsOnDevices {
  readonly kind: 'operations';
}

const stored = (paper: Paper) => z.strictObject({ kind: z.literal('operations'), ...sharedJob(paper), ...storedRows });

/** @throws ZodError, Problem SPECIFICATION_INVALID, LAYOUT_INVALID */
export function readOperationsJob(paper: Paper, value: unknown): OperationsJob {
  const job = stored(paper).parse(value);
  return { ...job, rows: readRows(paper, job.protocol, job.rows) };
}
