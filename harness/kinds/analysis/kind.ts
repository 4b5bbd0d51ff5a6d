/** The kind of work that looks into a network: measurements of its weights before, during and after its training. */
import type { JobKind } from '../kind.js';
import { training } from '../training/kind.js';
import type { TrainingJob } from '../training/job.js';
import { analysesCsv } from './csv.js';
import { readAnalysisJob, type AnalysisJob } from './job.js';
import { analysisResultSchema, type AnalysisResult } from './result.js';

/**
 * Training steps that one measurement of a batch takes as long as: between 1 and 13 by their convolutions, for the analyses there are.
 * An estimate before any has run; finished ones say better.
 */
const stepsPerMeasurement = 8;

/** Besides the training's, a measurement keeps maps of several versions of a layer. */
const memoryFactor = 2;

const asTraining = (job: Omit<AnalysisJob, 'id'>): Omit<TrainingJob, 'id'> => ({ ...job, kind: 'error' });
const trained = (job: AnalysisJob): TrainingJob => ({ ...job, kind: 'error' });

export const analysis: JobKind<AnalysisJob, AnalysisResult> = {
  kind: 'analysis',
  is: (job): job is AnalysisJob => job.kind === 'analysis',
  read: readAnalysisJob,
  identity: (paper, job) => {
    const { kind, measurements, at, batches, batch } = job;
    return { ...training.identity(paper, asTraining(job)), kind, measurements, at, batches, batch };
  },

  tensorFlow: true,
  devices: () => 1,
  alone: false,
  bound: () => null,
  memoryBytes: (job, sizeOf) => memoryFactor * training.memoryBytes(trained(job), sizeOf),
  diskBytes: (job, sizeOf) => training.diskBytes(trained(job), sizeOf),
  seconds: (job, device, sizeOf) => {
    const { measurements, at, batches, batch } = job;
    const measured = measurements.length * at.length * batches * (batch / job.training.batch);
    return training.seconds(trained(job), device, sizeOf) * (1 + (measured * stepsPerMeasurement) / job.training.steps);
  },
  repeats: ({ network, training: { batch } }) => ({ network, batch }),

  progress: (job) => training.progress(trained(job)),
  resumes: true,
  whenStopped: training.whenStopped,

  run: async (job, context) => (await import('./run.js')).runAnalysis(job, context),
  result: analysisResultSchema,
  csv: analysesCsv,
};
