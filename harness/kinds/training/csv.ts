/** `errors.csv`: a row an evaluation of the whole validation set. */
import { jobCsv, type Column } from '../csv.js';
import type { TrainingJob } from './job.js';
import type { ErrorResult, Evaluation } from './result.js';

interface Row {
  readonly job: TrainingJob;
  readonly result: ErrorResult;
  readonly evaluation: Evaluation;
}

const columns: readonly Column<Row>[] = [
  { name: 'job', means: 'id of the job: a hash of what decides its numbers', of: ({ job }) => job.id },
  { name: 'title', means: 'the job, for people', of: ({ job }) => job.title },
  { name: 'network', means: 'the network trained', of: ({ job }) => job.network.label },
  { name: 'dataset', means: 'the data set trained and validated on', of: ({ job }) => job.dataset },
  { name: 'protocol', means: 'name of the protocol', of: ({ job }) => job.protocol.name },
  { name: 'seed', means: 'seed of initialisation, order and augmentation', of: ({ job }) => job.training.seed },
  { name: 'replicas', means: 'parts the batch is cut into', of: ({ job }) => job.replicas },
  { name: 'batch', means: 'images a training step', of: ({ job }) => job.training.batch },
  { name: 'steps', means: 'training steps in all', of: ({ job }) => job.training.steps },
  { name: 'trainImages', means: 'training images used', of: ({ result }) => result.trainImages },
  {
    name: 'validationImages',
    means: 'validation images, all of them evaluated',
    of: ({ result }) => result.validationImages,
  },
  { name: 'parameters', means: 'trainable parameters', of: ({ result }) => result.parameters },
  { name: 'step', means: 'training steps done at this evaluation', of: ({ evaluation }) => evaluation.step },
  {
    name: 'phase',
    means: 'which of the networks that are trained one after the other was evaluated, from 1; empty where there is one',
    of: ({ evaluation }) => evaluation.phase ?? null,
  },
  { name: 'epoch', means: 'epochs done at this evaluation', of: ({ evaluation }) => evaluation.epoch },
  { name: 'errorPct', means: 'top-1 validation error, percent', of: ({ evaluation }) => evaluation.errorPct },
  { name: 'top5ErrorPct', means: 'top-5 validation error, percent', of: ({ evaluation }) => evaluation.top5ErrorPct },
  {
    name: 'sampledErrorPct',
    means: 'error over images drawn with replacement, percent; empty where not asked for',
    of: ({ evaluation }) => evaluation.sampledErrorPct,
  },
  {
    name: 'validationLoss',
    means: 'mean cross-entropy on the validation set, nats',
    of: ({ evaluation }) => evaluation.loss,
  },
  { name: 'mark', means: '`last`, `best`, both or nothing', of: markOf },
  { name: 'finalLoss', means: 'training loss of the last step, nats', of: ({ result }) => result.finalLoss },
  { name: 'wallSeconds', means: 'time of all attempts of the job, seconds', of: ({ result }) => result.wallSeconds },
  {
    name: 'diagnoses',
    means:
      'what the network’s diagnostics said on the way, as JSON: steps done, and values by name; in the last evaluation’s row only',
    of: ({ result, evaluation }) =>
      result.diagnoses !== undefined && evaluation === result.evaluations.at(-1)
        ? JSON.stringify(result.diagnoses)
        : null,
  },
  {
    name: 'stepSeconds',
    means: 'device time of the training steps, seconds: of each network the median step times the number of its steps',
    of: ({ result }) => result.stepSeconds ?? null,
  },
  {
    name: 'probes',
    means: 'what the layers of the network let one look at after the last step, as JSON; in its row only',
    of: ({ result, evaluation }) =>
      result.probes !== undefined && evaluation === result.evaluations.at(-1) ? JSON.stringify(result.probes) : null,
  },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
  { name: 'hardware', means: 'GPUs, or the CPU, that it ran on', of: ({ result }) => hardwareOf(result) },
  {
    name: 'deviceKind',
    means: '`cpu` or `gpu`',
    of: ({ result }) => (result.environment.gpus.length > 0 ? 'gpu' : 'cpu'),
  },
];

export const errorsCsv = jobCsv('errors.csv', columns, (job: TrainingJob, result: ErrorResult) =>
  result.evaluations.map((evaluation) => ({ job, result, evaluation })),
);

function markOf({ result, evaluation }: Row): string {
  const isOf = ({ step, phase }: Evaluation): boolean => step === evaluation.step && phase === evaluation.phase;
  const marks = [isOf(result.last) ? 'last' : '', isOf(result.best) ? 'best' : ''];
  return marks.filter((mark) => mark !== '').join(' ');
}

const hardwareOf = ({ environment }: ErrorResult): string =>
  environment.gpus.length > 0 ? environment.gpus.join(' and ') : environment.cpu;
