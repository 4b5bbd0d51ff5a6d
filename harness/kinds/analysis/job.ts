/** What is measured of one network's weights at several steps of its training. */
import { z } from 'zod';
import { analysisNamed, storedNetwork, type Paper } from '../../plan/paper/paper.js';
import { storedTraining, type TrainingSetup } from '../training/job.js';

/** The training is that of a training job with the same settings: the weights are the same at every step. */
export interface AnalysisJob extends TrainingSetup {
  readonly kind: 'analysis';
  /** Names of analyses of the paper, in the order in which they are made. */
  readonly measurements: readonly string[];
  /** Training steps done when the weights are measured, ascending; 0: untrained. */
  readonly at: readonly number[];
  /** Batches that each is made on: the first training images, as they are. */
  readonly batches: number;
  /** Images of such a batch. */
  readonly batch: number;
}

const stored = (paper: Paper) =>
  z.strictObject({
    kind: z.literal('analysis'),
    ...storedTraining(paper),
    measurements: z.array(z.string()).min(1),
    at: z.array(z.number().int().min(0)).min(1),
    batches: z.number().int().min(1),
    batch: z.number().int().min(1),
  });

/** @throws ZodError, Problem SPECIFICATION_INVALID, ANALYSIS_UNKNOWN */
export function readAnalysisJob(paper: Paper, value: unknown): AnalysisJob {
  const job = stored(paper).parse(value);
  for (const name of job.measurements) analysisNamed(paper, name);
  return { ...job, network: storedNetwork(paper, job.network) };
}
