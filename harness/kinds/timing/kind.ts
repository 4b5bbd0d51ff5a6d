/** The kind of work that gives relative speed-ups: timing the steps of a group of networks in turns. */
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { startSeconds, stepSeconds } from '../step-time.js';
import { logBytes } from '../stored-job.js';
import { timingCsv } from './csv.js';
import { batchOf, identityOfRows, readTimingJob, replicasOf, type TimingJob } from './job.js';
import { timingResultSchema, type TimingResult } from './result.js';
import { profiledSteps } from './rows.js';

export const timing: JobKind<TimingJob, TimingResult> = {
  kind: 'timing',
  is: (job): job is TimingJob => job.kind === 'timing',
  read: readTimingJob,
  identity: (paper, job) => {
    const { kind, batch, warmup, rounds, stepsPerRound, inputPipeline, engine, hardware } = job;
    const networks = job.rows.map(({ network }) => network);
    const question = { of: 'timing', networks, replicas: replicasOf(job), inputPipeline } as const;
    const protocol = decisiveOptions(paper, job.protocol, question);
    return {
      kind,
      numericsVersion: paper.numerics.versionOf(question.of, protocol),
      rows: identityOfRows(job),
      protocol,
      batch,
      warmup,
      rounds,
      stepsPerRound,
      inputPipeline,
      engine,
      hardware,
    };
  },

  tensorFlow: true,
  devices: ({ devices }) => devices,
  alone: true,
  bound: ({ hardware, engine, devices }) => ({ hardware, engine, devices }),
  // The rows take turns: one step at a time needs its activations.
  memoryBytes: (job, sizeOf) =>
    Math.max(...job.rows.map((row) => sizeOf(row.network, job.protocol, batchOf(job, row)).peakBytes)),
  diskBytes: () => logBytes,
  seconds: (job, device, sizeOf) => {
    const turn = job.rows.reduce(
      (sum, row) => sum + stepSeconds(sizeOf(row.network, job.protocol, batchOf(job, row)), device),
      0,
    );
    return startSeconds * job.rows.length + (job.warmup + job.rounds * job.stepsPerRound + profiledSteps) * turn;
  },
  repeats: () => null,

  progress: ({ rounds, rows }) => ({ total: rounds * rows.length, unit: 'turn' }),
  resumes: false,
  whenStopped: 'it will begin anew, since its rows have to be timed side by side',

  run: async (job, context) => (await import('./run.js')).runTiming(job, context),
  result: timingResultSchema,
  csv: timingCsv,
};
