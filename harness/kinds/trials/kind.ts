/** The kind of work that gives success rates: a numerical problem, tried from many seeded starts. */
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { logBytes } from '../stored-job.js';
import { trialsCsv } from './csv.js';
import { readTrialsJob, type TrialsJob } from './job.js';
import { trialsResultSchema, type TrialsResult } from './result.js';

/** What a Node process takes that keeps nothing of its trials. */
const memoryBytes = 200e6;
/** To start a process that loads no engine. */
const startSeconds = 0.5;
/** Before any job has run: finished ones say better. */
const secondsPerTrial = 1e-3;

export const trials: JobKind<TrialsJob, TrialsResult> = {
  kind: 'trials',
  is: (job): job is TrialsJob => job.kind === 'trials',
  read: readTrialsJob,
  identity: (paper, job) => {
    const { kind, problem, specification, trials: count, seed } = job;
    const question = { of: 'trials', networks: [], replicas: 1, inputPipeline: false } as const;
    const protocol = decisiveOptions(paper, job.protocol, question);
    const numericsVersion = paper.numerics.versionOf(question.of, protocol);
    return { kind, numericsVersion, problem, specification, trials: count, seed, protocol };
  },

  tensorFlow: false,
  devices: () => 1,
  alone: false,
  bound: () => null,
  memoryBytes: () => memoryBytes,
  diskBytes: () => logBytes,
  // One thread, however many cores there are.
  seconds: (job) => startSeconds + job.trials * secondsPerTrial,
  repeats: () => null,

  progress: (job) => ({ total: job.trials, unit: 'trial' }),
  resumes: false,
  whenStopped: 'it will begin anew, which takes seconds',

  run: async (job, context) => (await import('./run.js')).runTrials(job, context),
  result: trialsResultSchema,
  csv: trialsCsv,
};
