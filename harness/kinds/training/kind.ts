/** The kind of work that gives a network's error: training it. */
import { datasetFacts } from '../../plan/dataset-facts.js';
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { forwardShare, startSeconds, stepSeconds } from '../step-time.js';
import { logBytes } from '../stored-job.js';
import { errorsCsv } from './csv.js';
import { readTrainingJob, type TrainingJob } from './job.js';
import { errorResultSchema, type ErrorResult } from './result.js';

/** A value has its weight and its momentum; a checkpoint is replaced atomically, so that for a while there are two. */
const checkpointBytes = (parameters: number): number => 2 * 8 * parameters;

export const training: JobKind<TrainingJob, ErrorResult> = {
  kind: 'error',
  is: (job): job is TrainingJob => job.kind === 'error',
  read: readTrainingJob,
  identity: (paper, job) => {
    const { kind, network, dataset, dataChecksum, trainImages, training: settings, replicas } = job;
    const question = { of: 'training', networks: [network], replicas, inputPipeline: true } as const;
    const protocol = decisiveOptions(paper, job.protocol, question);
    return {
      kind,
      numericsVersion: paper.numerics.versionOf(question.of, protocol),
      network,
      dataset,
      dataChecksum,
      trainImages,
      protocol,
      training: settings,
      replicas,
    };
  },

  tensorFlow: true,
  // Whichever it is: a layout for more is folded onto it.
  devices: () => 1,
  alone: false,
  bound: () => null,
  memoryBytes: ({ network, protocol, training: { batch } }, sizeOf) => sizeOf(network, protocol, batch).peakBytes,
  diskBytes: ({ network, protocol, training: { batch } }, sizeOf) =>
    logBytes + checkpointBytes(sizeOf(network, protocol, batch).parameters),
  seconds: ({ network, protocol, dataset, training: { batch, steps, evaluateEvery } }, device, sizeOf) => {
    const step = stepSeconds(sizeOf(network, protocol, batch), device);
    const evaluation = (datasetFacts[dataset].validationImages / batch) * forwardShare * step;
    return startSeconds + steps * step + Math.ceil(steps / evaluateEvery) * evaluation;
  },
  repeats: ({ network, training: { batch } }) => ({ network, batch }),

  progress: ({ training: { steps } }) => ({ total: steps, unit: 'step' }),
  resumes: true,
  whenStopped: 'it will go on from its last checkpoint',

  run: async (job, context) => (await import('./run.js')).runTraining(job, context),
  result: errorResultSchema,
  csv: errorsCsv,
};
