/** The only list of kinds of work. Light: what runs a job is imported by its subprocess alone. */
import { z } from 'zod';
import type { Papers } from '../plan/paper/papers.js';
import type { AnyJob, JobKind } from './kind.js';
import { analysis } from './analysis/kind.js';
import type { AnalysisJob } from './analysis/job.js';
import type { AnalysisResult } from './analysis/result.js';
import { operations } from './operations/kind.js';
import type { OperationsJob } from './operations/job.js';
import type { OperationsResult } from './operations/result.js';
import { timing } from './timing/kind.js';
import type { TimingJob } from './timing/job.js';
import type { TimingResult } from './timing/result.js';
import { training } from './training/kind.js';
import type { TrainingJob } from './training/job.js';
import type { ErrorResult } from './training/result.js';
import { trials } from './trials/kind.js';
import type { TrialsJob } from './trials/job.js';
import type { TrialsResult } from './trials/result.js';

export { analysis, operations, timing, training, trials };
export type {
  AnalysisJob,
  AnalysisResult,
  TrainingJob,
  ErrorResult,
  OperationsJob,
  OperationsResult,
  TimingJob,
  TimingResult,
  TrialsJob,
  TrialsResult,
};

export type Job = TrainingJob | TimingJob | OperationsJob | TrialsJob | AnalysisJob;
export type JobResult = ErrorResult | TimingResult | OperationsResult | TrialsResult | AnalysisResult;

export const kinds: readonly JobKind<Job, JobResult>[] = [training, timing, operations, trials, analysis];

const byName = new Map<string, JobKind<Job, JobResult>>(kinds.map((kind) => [kind.kind, kind]));

/** The kind of a job. */
export function kindOf(job: Pick<AnyJob, 'kind'>): JobKind<Job, JobResult> {
  const kind = byName.get(job.kind);
  if (kind === undefined) throw new Error(`Internal error: there is no kind of work "${job.kind}"`);
  return kind;
}

const storedSchema = z.looseObject({
  kind: z.string().refine((kind) => byName.has(kind), { error: 'no kind of work that this version knows' }),
  paper: z.string().optional(),
});

/** A job as `JSON.stringify` stored it. @throws ZodError, or a Problem of its paper, network or layout, for what this version does not store */
export function readJob(papers: Papers, stored: unknown): Job {
  const value = storedSchema.parse(stored);
  // Jobs older than papers' names are of the first one.
  const paper = papers.named(value.paper ?? papers.first.id);
  return kindOf(value).read(paper, { ...value, paper: paper.id });
}

/** A result as a run folder has it. @throws ZodError */
export function readResult(stored: unknown): JobResult {
  return kindOf(storedSchema.parse(stored)).result.parse(stored);
}
