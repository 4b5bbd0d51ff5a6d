/** The kind of work that gives a network's error: training it. */
import { datasetFacts, usualSide } from '../../plan/dataset-facts.js';
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { forwardShare, startSeconds, stepSeconds } from '../step-time.js';
import { logBytes } from '../stored-job.js';
import { errorsCsv } from './csv.js';
import { readTrainingJob, validationImagesOf, type TrainingJob } from './job.js';
import { errorResultSchema, type ErrorResult } from './result.js';

/** Steps with each of the job's networks: those that it is grown from, and its own. */
const phasesOf = ({ network, training: { steps, growAt = [] } }: TrainingJob) =>
  [...network.before, network].map((own, index) => ({
    network: own,
    steps: (growAt[index] ?? steps) - (growAt[index - 1] ?? 0),
  }));

/** Sizes of steps are known for images of 32 x 32; one of more pixels is like several of those. */
const alikeImages = ({ dataset, training: { batch } }: TrainingJob): number =>
  Math.ceil(batch * (datasetFacts[dataset].side / usualSide) ** 2);

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
  memoryBytes: (job, sizeOf) => sizeOf(job.network, job.protocol, alikeImages(job)).peakBytes,
  diskBytes: ({ network, protocol, training: { batch } }, sizeOf) =>
    logBytes + checkpointBytes(sizeOf(network, protocol, batch).parameters),
  seconds: (job, device, sizeOf) => {
    const { protocol, dataset, training: own } = job;
    const phases = phasesOf(job);
    const ofPhases = phases.map(({ network, steps }) => {
      const step = stepSeconds(sizeOf(network, protocol, alikeImages(job)), device, 'winograd');
      const evaluation =
        (validationImagesOf(own, datasetFacts[dataset].validationImages) / own.batch) * forwardShare * step;
      // Both networks are evaluated where one follows on another.
      return steps * step + (Math.ceil(steps / own.evaluateEvery) + (phases.length > 1 ? 1 : 0)) * evaluation;
    });
    return startSeconds + ofPhases.reduce((total, seconds) => total + seconds, 0);
  },
  repeats: ({ network, training: { batch } }) => ({ network, batch }),

  progress: ({ training: { steps } }) => ({ total: steps, unit: 'step' }),
  resumes: true,
  whenStopped: 'it will go on from its last checkpoint',

  run: async (job, context) => (await import('./run.js')).runTraining(job, context),
  result: errorResultSchema,
  csv: errorsCsv,
};
