/** Times the operations of networks one by one, for projections of layouts that there are no devices for. */
import { z } from 'zod';
import type { Paper } from '../../plan/paper/paper.js';
import { sharedJob } from '../stored-job.js';
import { readRows, storedRows, type RowsOnDevices } from '../timing/job.js';

export interface OperationsJob extends RowsOnDevices {
  readonly kind: 'operations';
  /**
   * Names the distinct operations of the rows on one device, with their batches: what is priced. The rows are only examples
   * of networks that have them.
   */
  readonly prices: readonly string[];
}

const stored = (paper: Paper) =>
  z.strictObject({
    kind: z.literal('operations'),
    ...sharedJob(paper),
    ...storedRows,
    prices: z.array(z.string()).min(1),
  });

/** @throws ZodError, Problem SPECIFICATION_INVALID, LAYOUT_INVALID */
export function readOperationsJob(paper: Paper, value: unknown): OperationsJob {
  const job = stored(paper).parse(value);
  return { ...job, rows: readRows(paper, job.protocol, job.rows) };
}
