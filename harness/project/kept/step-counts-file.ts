/** What steps of a paper's networks count, kept between calls. */
import { z } from 'zod';
import type { Paper } from '../../plan/paper/paper.js';
import type { StepCounts } from '../step-counts.js';
import { KeptFile } from './kept-file.js';

const count = z.number().nonnegative();
const counts = z.strictObject({
  parameters: count,
  peakBytes: count,
  flops: count,
  bytesMoved: count,
  operations: count,
});
const atBatches = z.tuple([counts, counts]);
const stepCounts = z.strictObject({ one: atBatches, two: atBatches, distinctOperations: z.string() });

/** Keys are those of `StepSizes`. */
export const stepCountsFile = (folder: string | null, paper: Paper): KeptFile<StepCounts> =>
  new KeptFile(folder, paper, stepCounts);
