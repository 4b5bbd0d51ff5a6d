/** One training of one network. Independent of layout and device: the layout does not change the function computed. */
import { z } from 'zod';
import { datasetNames, type DatasetName } from '../../plan/dataset-facts.js';
import type { Network } from '../../plan/paper/network.js';
import { storedNetwork, type Paper } from '../../plan/paper/paper.js';
import type { AnyJob } from '../kind.js';
import { sharedJob } from '../stored-job.js';

const trainingSchema = z.strictObject({
  steps: z.number().int().min(1),
  batch: z.number().int().min(1),
  learningRate: z.number().positive(),
  /** Steps after which the learning rate has been multiplied by `dropFactor`, ascending. */
  dropSteps: z.array(z.number().int().min(1)),
  dropFactor: z.number().positive().max(1),
  /** In place of drops: the rate falls as half a cosine from `learningRate` to `final`, and begins anew after so many steps. */
  cosine: z.strictObject({ final: z.number().min(0), restarts: z.array(z.number().int().min(1)) }).optional(),
  /** Of a network that is grown: steps after which it follows on the one before, as many as there are of those. */
  growAt: z.array(z.number().int().min(1)).optional(),
  weightDecay: z.number().min(0),
  /** Steps between evaluations of the validation images; the last step is always evaluated. */
  evaluateEvery: z.number().int().min(1),
  /** Only the first so many validation images; all without it. */
  validationImages: z.number().int().min(1).optional(),
  /** Steps between looks at the network's diagnostics; none without it. */
  diagnoseEvery: z.number().int().min(1).optional(),
  seed: z.number().int().min(0),
});
export type Training = z.infer<typeof trainingSchema>;

/** Validation images of an evaluation, of so many that there are. */
export const validationImagesOf = ({ validationImages }: Training, there: number): number =>
  Math.min(validationImages ?? there, there);

export interface TrainingJob extends AnyJob {
  readonly kind: 'error';
  readonly network: Network;
  readonly dataset: DatasetName;
  /** SHA-256 of the images and labels used, as `datasets/` computes it. */
  readonly dataChecksum: string;
  /** Use only the first so many training images; null: all. */
  readonly trainImages: number | null;
  readonly training: Training;
  /**
   * How many parts the global batch is cut into (data parallelism with per-replica BN changes the numbers); 1 otherwise.
   */
  readonly replicas: number;
}

/** What other kinds of work have in common with a training that they contain. */
export type TrainingSetup = Omit<TrainingJob, 'kind'>;

export const storedTraining = (paper: Paper) => ({
  ...sharedJob(paper),
  network: z.unknown(),
  dataset: z.enum(datasetNames),
  dataChecksum: z.string(),
  trainImages: z.number().int().min(1).nullable(),
  training: trainingSchema,
  replicas: z.number().int().min(1),
});

const stored = (paper: Paper) => z.strictObject({ kind: z.literal('error'), ...storedTraining(paper) });

/** @throws ZodError, Problem SPECIFICATION_INVALID */
export function readTrainingJob(paper: Paper, value: unknown): TrainingJob {
  const job = stored(paper).parse(value);
  return { ...job, network: storedNetwork(paper, job.network) };
}
