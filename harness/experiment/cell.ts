/** A cell: one unit of work, run in one subprocess, with an id that is a hash of exactly what decides its numbers. */
import { z } from 'zod';
import { networkSchema } from '../network/specification.js';
import { protocolSchema } from './protocol.js';

export const datasetNames = ['cifar10', 'cifar100', 'imagenet32', 'fashion-mnist', 'synthetic'] as const;
export type DatasetName = (typeof datasetNames)[number];

const trainingSchema = z.strictObject({
  steps: z.number().int().min(1),
  batch: z.number().int().min(1),
  learningRate: z.number().positive(),
  /** Steps after which the learning rate has been multiplied by `dropFactor`, ascending. */
  dropSteps: z.array(z.number().int().min(1)),
  dropFactor: z.number().positive().max(1),
  weightDecay: z.number().min(0),
  /** Steps between evaluations of the whole validation set; the last step is always evaluated. */
  evaluateEvery: z.number().int().min(1),
  seed: z.number().int().min(0),
});
export type Training = z.infer<typeof trainingSchema>;

/** One training of one network. Independent of layout and device: the layout does not change the function computed. */
export const errorCellSchema = z.strictObject({
  kind: z.literal('error'),
  id: z.string(),
  /** For people: `WarpNet1-13-1 on fashion-mnist, released-code, seed 0`. Not hashed. */
  title: z.string(),
  network: networkSchema,
  dataset: z.enum(datasetNames),
  /** SHA-256 of the images and labels used, as `datasets/` computes it. */
  dataChecksum: z.string(),
  /** Use only the first so many training images; null: all. */
  trainImages: z.number().int().min(1).nullable(),
  protocol: protocolSchema,
  training: trainingSchema,
  /**
   * How many parts the global batch is cut into (data parallelism with per-replica BN changes the numbers); 1 otherwise.
   */
  replicas: z.number().int().min(1),
});
export type ErrorCell = z.infer<typeof errorCellSchema>;

const timingRowSchema = z.strictObject({
  /** Name within the cell: `baseline`, `warpnet1` … */
  row: z.string(),
  network: networkSchema,
  /** In the paper's notation: `[F1] [F2, F2'x1]`, `2 x [F1, F2]`. */
  layout: z.string(),
  /** Images of its steps, where they are only a part of the cell's batch. */
  batch: z.number().int().min(1).optional(),
});

/** One comparison group: a baseline (the first row) and the rows whose RS refers to it, timed in turns in one subprocess. */
export const timingCellSchema = z.strictObject({
  kind: z.literal('timing'),
  id: z.string(),
  title: z.string(),
  rows: z.array(timingRowSchema).min(1),
  protocol: protocolSchema,
  batch: z.number().int().min(1),
  /** Steps run and left out, for each row. */
  warmup: z.number().int().min(0),
  /**
   * Rounds; in each round every row runs `stepsPerRound` timed steps, in turns. None: only operations are timed, one by
   * one, for projections of layouts that there are no devices for.
   */
  rounds: z.number().int().min(0),
  stepsPerRound: z.number().int().min(1),
  /** Whether decoding and augmenting the batch is inside the timed span (A10). */
  inputPipeline: z.boolean(),
  /** Logical devices it needs: the widest of its layouts. */
  devices: z.number().int().min(1),
  engine: z.enum(['traced', 'eager', 'cpu']),
  /** GPU or CPU model: timings of different hardware are never mixed. */
  hardware: z.string(),
});
export type TimingCell = z.infer<typeof timingCellSchema>;
export type TimingRow = z.infer<typeof timingRowSchema>;

/** Images of a row's step. */
export const batchOf = ({ batch }: Pick<TimingCell, 'batch'>, row: Pick<TimingRow, 'batch'>): number =>
  row.batch ?? batch;

/**
 * Profiled steps that each row of a timing ends with, in turns. Where nothing else is measured there are more, as many as fit
 * the seconds.
 */
export const profiledSteps = ({ rounds }: TimingCell) =>
  rounds === 0 ? ({ fewest: 3, most: 8, seconds: 30 } as const) : ({ fewest: 3, most: 3, seconds: 0 } as const);

export const cellSchema = z.discriminatedUnion('kind', [errorCellSchema, timingCellSchema]);
export type Cell = z.infer<typeof cellSchema>;
