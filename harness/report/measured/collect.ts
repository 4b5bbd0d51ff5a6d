/**
 * `errors.csv` and `timing.csv`: every measurement behind the tables of a plan, one a row, in the plan's order. They are
 * drawn from results and nothing else, so that writing them again gives the same bytes.
 */
import { stringify } from 'csv-stringify/sync';
import type { Cell, ErrorCell, TimingCell } from '../../plan/cell.js';
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import type { CellResult, ErrorResult, Evaluation, TimingResult } from '../../store/result.js';

type Value = string | number | null;

interface Column<Row> {
  readonly name: string;
  /** What it holds, with its unit: the CSV's documentation. */
  readonly means: string;
  readonly of: (row: Row) => Value;
}

interface ErrorRow {
  readonly cell: ErrorCell;
  readonly result: ErrorResult;
  readonly evaluation: Evaluation;
}

/** A row an evaluation of the whole validation set. */
export const errorColumns: readonly Column<ErrorRow>[] = [
  { name: 'cell', means: 'id of the cell: a hash of what decides its numbers', of: ({ cell }) => cell.id },
  { name: 'title', means: 'the cell, for people', of: ({ cell }) => cell.title },
  { name: 'network', means: 'the network trained', of: ({ cell }) => labelOf(cell.network) },
  { name: 'dataset', means: 'the data set trained and validated on', of: ({ cell }) => cell.dataset },
  { name: 'protocol', means: 'name of the protocol', of: ({ cell }) => cell.protocol.name },
  { name: 'seed', means: 'seed of initialisation, order and augmentation', of: ({ cell }) => cell.training.seed },
  { name: 'replicas', means: 'parts the batch is cut into', of: ({ cell }) => cell.replicas },
  { name: 'batch', means: 'images a training step', of: ({ cell }) => cell.training.batch },
  { name: 'steps', means: 'training steps in all', of: ({ cell }) => cell.training.steps },
  { name: 'trainImages', means: 'training images used', of: ({ result }) => result.trainImages },
  {
    name: 'validationImages',
    means: 'validation images, all of them evaluated',
    of: ({ result }) => result.validationImages,
  },
  { name: 'parameters', means: 'trainable parameters', of: ({ result }) => result.parameters },
  { name: 'step', means: 'training steps done at this evaluation', of: ({ evaluation }) => evaluation.step },
  { name: 'epoch', means: 'epochs done at this evaluation', of: ({ evaluation }) => evaluation.epoch },
  { name: 'errorPct', means: 'top-1 validation error, percent', of: ({ evaluation }) => evaluation.errorPct },
  { name: 'top5ErrorPct', means: 'top-5 validation error, percent', of: ({ evaluation }) => evaluation.top5ErrorPct },
  {
    name: 'sampledErrorPct',
    means: "the released code's figure, of images drawn with replacement, percent; empty where not asked for",
    of: ({ evaluation }) => evaluation.sampledErrorPct,
  },
  {
    name: 'validationLoss',
    means: 'mean cross-entropy on the validation set, nats',
    of: ({ evaluation }) => evaluation.loss,
  },
  { name: 'mark', means: '`last`, `best`, both or nothing', of: markOf },
  { name: 'finalLoss', means: 'training loss of the last step, nats', of: ({ result }) => result.finalLoss },
  { name: 'wallSeconds', means: 'time of all attempts of the cell, seconds', of: ({ result }) => result.wallSeconds },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
  { name: 'hardware', means: 'GPUs, or the CPU, that it ran on', of: ({ result }) => hardwareOf(result) },
];

interface TimedStep {
  readonly cell: TimingCell;
  readonly result: TimingResult;
  readonly timed: TimingResult['rows'][number];
  /** Position among the steps of its row. */
  readonly index: number;
}

/** A row a timed training step. */
export const timingColumns: readonly Column<TimedStep>[] = [
  { name: 'cell', means: 'id of the cell: a comparison group timed in turns', of: ({ cell }) => cell.id },
  { name: 'title', means: 'the cell, for people', of: ({ cell }) => cell.title },
  { name: 'protocol', means: 'name of the protocol', of: ({ cell }) => cell.protocol.name },
  { name: 'batchNorm', means: '`fused` or `moments`', of: ({ cell }) => cell.protocol.batchNorm },
  {
    name: 'row',
    means: "name of the network within its group; the group's first is the baseline",
    of: ({ timed }) => timed.row,
  },
  { name: 'network', means: 'the network timed', of: ({ cell, timed }) => networkOf(cell, timed.row) },
  { name: 'layout', means: 'which device computes which term', of: ({ timed }) => timed.layout },
  { name: 'batch', means: 'images a step', of: ({ cell }) => cell.batch },
  {
    name: 'inputPipeline',
    means: '`in` or `out`: whether making the batch is in the time',
    of: ({ cell }) => (cell.inputPipeline ? 'in' : 'out'),
  },
  { name: 'engine', means: 'what computed the step', of: ({ cell }) => cell.engine },
  { name: 'hardware', means: 'model of the devices', of: ({ result }) => result.hardware },
  { name: 'parameters', means: 'trainable parameters', of: ({ timed }) => timed.parameters },
  { name: 'step', means: 'position among the timed steps of its row, from 1', of: ({ index }) => index + 1 },
  { name: 'round', means: 'round in which the rows took turns', of: ({ timed, index }) => timed.rounds[index] ?? null },
  {
    name: 'milliseconds',
    means: 'time of the step, milliseconds',
    of: ({ timed, index }) => timed.milliseconds[index] ?? null,
  },
  {
    name: 'compileSeconds',
    means: 'time to trace the graph and open the session, seconds',
    of: ({ timed }) => timed.compileSeconds,
  },
  {
    name: 'busySeconds',
    means:
      'time each device was busy in one profiled step, then its span, seconds, with spaces between; empty without a profile',
    of: ({ timed }) => timed.busySeconds?.join(' ') ?? null,
  },
  {
    name: 'otherLoad',
    means: "share of the cores' time that other processes took meanwhile, 0 … 1; empty where the system does not tell",
    of: ({ result }) => result.otherLoad,
  },
  { name: 'wallSeconds', means: 'time of all attempts of the cell, seconds', of: ({ result }) => result.wallSeconds },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
];

/** The text of both files. Cells without a result have no rows. */
export function collect(
  cells: readonly Cell[],
  resultOf: (id: string) => CellResult | null,
): { readonly errors: string; readonly timing: string } {
  const errors: ErrorRow[] = [];
  const timing: TimedStep[] = [];
  for (const cell of cells) {
    const result = resultOf(cell.id);
    if (cell.kind === 'error' && result?.kind === 'error')
      for (const evaluation of result.evaluations) errors.push({ cell, result, evaluation });
    if (cell.kind === 'timing' && result?.kind === 'timing')
      for (const timed of result.rows)
        for (const index of timed.milliseconds.keys()) timing.push({ cell, result, timed, index });
  }
  return { errors: csv(errorColumns, errors), timing: csv(timingColumns, timing) };
}

const csv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  stringify([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => of(row)))]);

function markOf({ result, evaluation }: ErrorRow): string {
  const marks = [
    evaluation.step === result.last.step ? 'last' : '',
    evaluation.step === result.best.step ? 'best' : '',
  ];
  return marks.filter((mark) => mark !== '').join(' ');
}

const hardwareOf = ({ environment }: ErrorResult): string =>
  environment.gpus.length > 0 ? environment.gpus.join(' and ') : environment.cpu;

function networkOf(cell: TimingCell, row: string): string {
  const found = cell.rows.find((candidate) => candidate.row === row);
  return found ? labelOf(found.network) : '';
}
