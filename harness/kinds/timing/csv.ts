/** `timing.csv`: a row a timed training step. */
import type { SpeedUp } from '../../core/statistics.js';
import type { DeviceMemory } from '../../engine/step-graph.js';
import { jobCsv, type Column } from '../csv.js';
import { controlOf } from './control.js';
import type { TimingJob } from './job.js';
import { undisturbed } from './undisturbed.js';
import type { CardRound, TimedRowResult, TimingResult } from './result.js';

interface Row {
  readonly job: TimingJob;
  readonly result: TimingResult;
  readonly timed: TimedRowResult;
  /** Position among the steps of its row. */
  readonly index: number;
  readonly control: SpeedUp | null;
}

/** Columns of what a step takes, with what each is of. */
export const memoryFields = {
  variableBytes: ['variables', 'weights, momentum and running statistics, which are there throughout'],
  weightBytes: ['weights', 'the weights that the step updates'],
  momentumBytes: ['momentum', 'their momentum'],
  tensorBytes: ['tensors', 'all tensors of the step alive at one time, at most'],
  activationBytes: ['activations', 'those that are not gradients of weights, at most'],
  weightGradientBytes: ['weightGradients', 'gradients of weights, at most'],
} as const satisfies Record<string, readonly [field: keyof DeviceMemory, what: string]>;

const memoryColumns = Object.entries(memoryFields).map(([name, [field, what]]): Column<Row> => ({
  name,
  means: `memory of a profiled step by the allocator's records: bytes of ${what}; a number a device, with spaces between; empty without a profile`,
  of: ({ timed }) => timed.memory?.map((device) => device[field]).join(' ') ?? null,
}));

const columns: readonly Column<Row>[] = [
  { name: 'job', means: 'id of the job: a comparison group timed in turns', of: ({ job }) => job.id },
  { name: 'title', means: 'the job, for people', of: ({ job }) => job.title },
  { name: 'protocol', means: 'name of the protocol', of: ({ job }) => job.protocol.name },
  {
    name: 'row',
    means: "name of the network within its group; the group's first is the baseline",
    of: ({ timed }) => timed.row,
  },
  { name: 'network', means: 'the network timed', of: ({ job, timed }) => networkOf(job, timed.row) },
  { name: 'layout', means: 'which device computes which term', of: ({ timed }) => timed.layout },
  { name: 'batch', means: 'images a step', of: ({ job }) => job.batch },
  {
    name: 'inputPipeline',
    means: '`in` or `out`: whether making the batch is in the time',
    of: ({ job }) => (job.inputPipeline ? 'in' : 'out'),
  },
  { name: 'engine', means: 'what computed the step', of: ({ job }) => job.engine },
  { name: 'hardware', means: 'model of the devices', of: ({ result }) => result.hardware },
  {
    name: 'deviceKind',
    means: '`cpu` or `gpu`: a worker sees GPUs only where it computes on them',
    of: ({ result }) => (result.environment.gpus.length > 0 ? 'gpu' : 'cpu'),
  },
  { name: 'parameters', means: 'trainable parameters', of: ({ timed }) => timed.parameters },
  { name: 'step', means: 'position among the timed steps of its row, from 1', of: ({ index }) => index + 1 },
  { name: 'round', means: 'round in which the rows took turns', of: ({ timed, index }) => timed.rounds[index] ?? null },
  {
    name: 'milliseconds',
    means: 'time of the step, milliseconds',
    of: ({ timed, index }) => timed.milliseconds[index] ?? null,
  },
  {
    name: 'stepOtherLoad',
    means:
      "share of the cores' time that other processes took during the step, 0 … 1; empty where the system does not tell",
    of: ({ timed, index }) => timed.otherLoads?.[index] ?? null,
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
  ...memoryColumns,
  {
    name: 'busyShare',
    means: 'on GPUs: share of a step, 0 … 1, during which any of them computed; empty on CPUs',
    of: ({ timed }) => timed.busyShare ?? null,
  },
  {
    name: 'feedMilliseconds',
    means: 'on GPUs: time to hand over the batch, a part of each step, milliseconds; empty on CPUs',
    of: ({ timed }) => timed.feedMilliseconds ?? null,
  },
  {
    name: 'roundsThrottled',
    means:
      'on GPUs: rounds in which cards were slowed down, those that were taken again included; empty where the driver does not tell',
    of: ({ result }) => result.cardRounds?.filter(isThrottled).length ?? null,
  },
  {
    name: 'otherLoad',
    means:
      'mean of stepOtherLoad over the steps that count, by time (rounds with less than 5 %, where there are four); empty where the system does not tell',
    of: ({ result }) => result.otherLoad,
  },
  {
    name: 'control',
    means:
      'RS of the baseline against itself (its steps after the other rows against those before them), percent: 0 within its interval, or the machine was not steady',
    of: ({ control }) => control?.percent ?? null,
  },
  { name: 'controlLow', means: 'lower end of its 95 % interval', of: ({ control }) => control?.interval?.low ?? null },
  { name: 'controlHigh', means: 'upper end', of: ({ control }) => control?.interval?.high ?? null },
  { name: 'wallSeconds', means: 'time of all attempts of the job, seconds', of: ({ result }) => result.wallSeconds },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
];

export const timingCsv = jobCsv('timing.csv', columns, (job: TimingJob, result: TimingResult) => {
  const [baseline] = undisturbed(result.rows).rows;
  const control = baseline === undefined ? null : controlOf(baseline);
  return result.rows.flatMap((timed) => timed.milliseconds.map((_, index) => ({ job, result, timed, index, control })));
});

const isThrottled = ({ before, after }: CardRound): boolean =>
  [...before, ...after].some(({ throttled }) => throttled.length > 0);

const networkOf = ({ rows }: TimingJob, row: string): string =>
  rows.find((candidate) => candidate.row === row)?.network.label ?? '';
