/** One comparison group: a baseline (the first row) and the rows whose RS refers to it, timed in turns in one subprocess. */
import { z } from 'zod';
import type { EngineName } from '../../engine/engine.js';
import type { Layout } from '../../plan/paper/layout.js';
import type { Network } from '../../plan/paper/network.js';
import { storedNetwork, type Paper } from '../../plan/paper/paper.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { AnyJob } from '../kind.js';
import { sharedJob } from '../stored-job.js';

/** A network under a layout, ready to be compiled. */
export interface TimingRow {
  /** Name within the job. */
  readonly row: string;
  readonly network: Network;
  readonly layout: Layout;
  /** Images of its steps, where they are only a part of the job's batch. */
  readonly batch?: number | undefined;
}

/** Rows that share an engine and its devices. */
export interface RowsOnDevices extends AnyJob {
  readonly rows: readonly TimingRow[];
  /** Images of a step. */
  readonly batch: number;
  /** Logical devices it needs: the widest of its layouts. */
  readonly devices: number;
  readonly engine: EngineName;
  /** GPU or CPU model: timings of different hardware are never mixed. */
  readonly hardware: string;
}

export interface TimingJob extends RowsOnDevices {
  readonly kind: 'timing';
  /** Steps run and left out, for each row. */
  readonly warmup: number;
  /** The warm-up of each row lasts at least so long. */
  readonly warmupSeconds?: number | undefined;
  /** In each round every row runs `stepsPerRound` timed steps, in turns. */
  readonly rounds: number;
  readonly stepsPerRound: number;
  /** Rounds end early where the interval of every RS reaches no further to either side, points. */
  readonly goal?: number | undefined;
  /** A turn lasts at least so long, and its first step is left out. */
  readonly turnSeconds?: number | undefined;
  /** Whether decoding and augmenting the batch is inside the timed span. */
  readonly inputPipeline: boolean;
}

/** Images of a row's step. */
export const batchOf = ({ batch }: Pick<RowsOnDevices, 'batch'>, row: Pick<TimingRow, 'batch'>): number =>
  row.batch ?? batch;

/** The largest number of parts that a row cuts its batch into. */
export const replicasOf = ({ rows }: Pick<RowsOnDevices, 'rows'>): number =>
  Math.max(...rows.map(({ layout }) => layout.replicas));

/** The rows as an identity holds them: without their names. */
export const identityOfRows = ({ rows }: Pick<RowsOnDevices, 'rows'>) =>
  rows.map(({ network, layout, batch }) => ({ network, layout: layout.text, batch }));

/** Schemas of what rows on devices have in common. */
export const storedRows = {
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
  devices: z.number().int().min(1),
  engine: z.enum(['traced', 'eager', 'cpu']),
  hardware: z.string(),
};

type StoredRow = z.infer<typeof storedRows.rows>[number];

/** @throws Problem SPECIFICATION_INVALID, LAYOUT_INVALID */
export const readRows = (paper: Paper, protocol: Protocol, rows: readonly StoredRow[]): TimingRow[] =>
  rows.map((row) => {
    const network = storedNetwork(paper, row.network);
    return { ...row, network, layout: network.layout(row.layout, protocol) };
  });

const stored = (paper: Paper) =>
  z.strictObject({
    kind: z.literal('timing'),
    ...sharedJob(paper),
    ...storedRows,
    warmup: z.number().int().min(0),
    warmupSeconds: z.number().min(0).optional(),
    rounds: z.number().int().min(1),
    stepsPerRound: z.number().int().min(1),
    goal: z.number().positive().optional(),
    turnSeconds: z.number().min(0).optional(),
    inputPipeline: z.boolean(),
  });

/** @throws ZodError, Problem SPECIFICATION_INVALID, LAYOUT_INVALID */
export function readTimingJob(paper: Paper, value: unknown): TimingJob {
  const job = stored(paper).parse(value);
  return { ...job, rows: readRows(paper, job.protocol, job.rows) };
}
