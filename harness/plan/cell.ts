/** A cell: one unit of work, run in one subprocess, with an id that is a hash of exactly what decides its numbers. */
import { z } from 'zod';
import { datasetNames, type DatasetName } from './dataset-facts.js';
import type { Layout } from './paper/layout.js';
import type { Network } from './paper/network.js';
import { storedNetwork, type Paper } from './paper/paper.js';
import type { Papers } from './paper/papers.js';
import { protocolSchema, type Protocol } from './profile/protocol.js';

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

interface AnyCell {
  readonly id: string;
  /** For people; not hashed. */
  readonly title: string;
  /** Whose networks and options it has. */
  readonly paper: string;
  readonly protocol: Protocol;
}

/** One training of one network. Independent of layout and device: the layout does not change the function computed. */
export interface ErrorCell extends AnyCell {
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

export interface TimingRow {
  /** Name within the cell. */
  readonly row: string;
  readonly network: Network;
  readonly layout: Layout;
  /** Images of its steps, where they are only a part of the cell's batch. */
  readonly batch?: number | undefined;
}

/** One comparison group: a baseline (the first row) and the rows whose RS refers to it, timed in turns in one subprocess. */
export interface TimingCell extends AnyCell {
  readonly kind: 'timing';
  readonly rows: readonly TimingRow[];
  readonly batch: number;
  /** Steps run and left out, for each row. */
  readonly warmup: number;
  /**
   * Rounds; in each round every row runs `stepsPerRound` timed steps, in turns. None: only operations are timed, one by
   * one, for projections of layouts that there are no devices for.
   */
  readonly rounds: number;
  readonly stepsPerRound: number;
  /** Whether decoding and augmenting the batch is inside the timed span (A10). */
  readonly inputPipeline: boolean;
  /** Logical devices it needs: the widest of its layouts. */
  readonly devices: number;
  readonly engine: 'traced' | 'eager' | 'cpu';
  /** GPU or CPU model: timings of different hardware are never mixed. */
  readonly hardware: string;
}

export type Cell = ErrorCell | TimingCell;

/** Images of a row's step. */
export const batchOf = ({ batch }: Pick<TimingCell, 'batch'>, row: Pick<TimingRow, 'batch'>): number =>
  row.batch ?? batch;

/**
 * Profiled steps that each row of a timing ends with, in turns. Where nothing else is measured there are more, as many as fit
 * the seconds.
 */
export const profiledSteps = ({ rounds }: TimingCell) =>
  rounds === 0 ? ({ fewest: 3, most: 8, seconds: 30 } as const) : ({ fewest: 3, most: 3, seconds: 0 } as const);

const shared = (paper: Paper) => ({
  id: z.string(),
  title: z.string(),
  paper: z.literal(paper.id),
  protocol: protocolSchema(paper),
});

const storedCell = (paper: Paper) =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('error'),
      ...shared(paper),
      network: z.unknown(),
      dataset: z.enum(datasetNames),
      dataChecksum: z.string(),
      trainImages: z.number().int().min(1).nullable(),
      training: trainingSchema,
      replicas: z.number().int().min(1),
    }),
    z.strictObject({
      kind: z.literal('timing'),
      ...shared(paper),
      rows: z
        .array(
          z.strictObject({
            row: z.string(),
            network: z.unknown(),
            layout: z.string(),
            batch: z.number().int().min(1).optional(),
          }),
        )
        .min(1),
      batch: z.number().int().min(1),
      warmup: z.number().int().min(0),
      rounds: z.number().int().min(0),
      stepsPerRound: z.number().int().min(1),
      inputPipeline: z.boolean(),
      devices: z.number().int().min(1),
      engine: z.enum(['traced', 'eager', 'cpu']),
      hardware: z.string(),
    }),
  ]);

const paperOfCell = z.looseObject({ paper: z.string().optional() });

/** A cell as `JSON.stringify` stored it. @throws ZodError, or a Problem of its network or layout, for what this version does not store */
export function readCellOf(papers: Papers, stored: unknown): Cell {
  // Cells older than papers' names are of the first one.
  const value = { ...paperOfCell.parse(stored), paper: paperOfCell.parse(stored).paper ?? papers.first.id };
  const paper = papers.named(value.paper);
  const cell = storedCell(paper).parse(value);
  if (cell.kind === 'error') return { ...cell, network: storedNetwork(paper, cell.network) };
  return {
    ...cell,
    rows: cell.rows.map((row) => {
      const network = storedNetwork(paper, row.network);
      return { ...row, network, layout: network.layout(row.layout, cell.protocol) };
    }),
  };
}
