/** The kind of work that gives relative speed-ups: timing the steps of a group of networks in turns. */
import { decisiveOptions } from '../../plan/profile/protocol-scope.js';
import type { JobKind } from '../kind.js';
import { startSeconds } from '../step-time.js';
import { timingCsv } from './csv.js';
import { identityOfRows, readTimingJob, replicasOf, type TimingJob } from './job.js';
import { timingResultSchema, type TimingResult } from './result.js';
import { profiledSteps } from '../rows/rows.js';
import { turnsOf } from './turns.js';
import { rowsNeeds, turnSeconds } from '../rows/rows-needs.js';

export const timing: JobKind<TimingJob, TimingResult> = {
  kind: 'timing',
  is: (job): job is TimingJob => job.kind === 'timing',
  read: readTimingJob,
  identity: (paper, job) => {
    const { kind, batch, warmup, warmupSeconds, rounds, stepsPerRound, inputPipeline, engine, hardware } = job;
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
      ...(warmupSeconds === undefined ? {} : { warmupSeconds }),
      rounds,
      stepsPerRound,
      ...(job.turnSeconds === undefined ? {} : { turnSeconds: job.turnSeconds }),
      inputPipeline,
      engine,
      hardware,
    };
  },

  ...rowsNeeds,
  seconds: (job, device, sizeOf) => {
    const { rows, warmup, warmupSeconds = 0, rounds, stepsPerRound } = job;
    // One step of each row, and the least that each row takes by time.
    const steps = turnSeconds(job, device, sizeOf);
    const warming = Math.max(warmup * steps, rows.length * warmupSeconds);
    const timed = rounds * Math.max(stepsPerRound * steps, rows.length * (job.turnSeconds ?? 0));
    return startSeconds * rows.length + warming + timed + profiledSteps * steps;
  },

  progress: ({ rounds, rows, stepsPerRound }) => ({
    total: rounds * turnsOf(rows, 0, stepsPerRound).length,
    unit: 'turn',
  }),

  run: async (job, context) => (await import('./run.js')).runTiming(job, context),
  result: timingResultSchema,
  csv: timingCsv,
};
