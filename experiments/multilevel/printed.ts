/** The paper's printed numbers, `printed.json`: errors and minutes of 12 networks on three data sets. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../../harness/core/project.js';
import type { Printed, PrintedNumbers, PrintedRow } from '../../harness/plan/paper/printed.js';

const row = z.object({
  id: z.string(),
  dataset: z.enum(['cifar10', 'cifar100', 'stl10']),
  model: z.string(),
  width: z.int(),
  firstBlocks: z.int(),
  blocks: z.int(),
  stepSize: z.enum(['kept', 'halved']),
  /** Percent: `9.75`. */
  error: z.string(),
  minutes: z.int(),
});
type Row = z.infer<typeof row>;

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  table: z.object({ rows: z.array(row) }),
  schedule: z.object({ epochs: z.int(), interpolationsAfterEpochs: z.array(z.int()) }),
  minutesPerBlock: z.object({ minutes: z.number() }),
});

export interface PrintedPaper extends PrintedNumbers {
  /** Epochs of each cycle: 60, 50, 50. */
  readonly cycles: readonly number[];
  /** Minutes that 160 epochs take for each block a stage, and once more. */
  readonly minutesPerBlock: number;
}

const file = 'experiments/multilevel/printed.json';
let loaded: PrintedPaper | undefined;

/** Read once; the file is part of the project. */
export function printed(): PrintedPaper {
  loaded ??= parsePrinted(readFileSync(inProject(file), 'utf8'));
  return loaded;
}

function parsePrinted(text: string): PrintedPaper {
  const { table, schedule, minutesPerBlock } = fileSchema.parse(JSON.parse(text));
  const ends = [...schedule.interpolationsAfterEpochs, schedule.epochs];
  return {
    file,
    rows: new Map(table.rows.map((each) => [each.id, rowOf(each, table.rows)])),
    cycles: ends.map((end, index) => end - (ends[index - 1] ?? 0)),
    minutesPerBlock: minutesPerBlock.minutes,
  };
}

function rowOf(own: Row, all: readonly Row[]): PrintedRow {
  const { id, dataset, width, firstBlocks, blocks, stepSize, error, minutes } = own;
  const full = all.find(
    (other) =>
      other.dataset === dataset && other.width === width && other.blocks === blocks && other.firstBlocks === blocks,
  );
  const saved = full === undefined || full === own ? null : 100 * (1 - minutes / full.minutes);
  return {
    id,
    table: 'networks',
    facts: { dataset, network: 'ResNet', width, firstBlocks, blocks, stepSize },
    values: {
      error: number(Number(error), error),
      'training-time': number(60 * minutes, `${minutes} min`),
      // As precise as two numbers of whole minutes.
      ...(saved !== null && { 'time-saved': number(saved, saved.toFixed(0)) }),
    },
    source: 'results table',
    note: null,
  };
}

const number = (value: number, text: string): Printed => ({ value, text, lowConfidence: false });
