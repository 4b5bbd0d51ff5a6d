/** Trials of one numerical problem of a paper with one seed. */
import { z } from 'zod';
import type { Axes } from '../../plan/paper/network.js';
import { problemNamed, type Paper } from '../../plan/paper/paper.js';
import type { AnyJob } from '../kind.js';
import { sharedJob } from '../stored-job.js';

export interface TrialsJob extends AnyJob {
  readonly kind: 'trials';
  /** Name of a problem of the paper. */
  readonly problem: string;
  /** Plain data: the values of the problem's axes. */
  readonly specification: Axes;
  /** How often it is tried. */
  readonly trials: number;
  /** A trial depends on the specification, this seed and its number alone. */
  readonly seed: number;
}

const stored = (paper: Paper) =>
  z.strictObject({
    kind: z.literal('trials'),
    ...sharedJob(paper),
    problem: z.string(),
    specification: z.unknown(),
    trials: z.number().int().min(1),
    seed: z.number().int().min(0),
  });

/** @throws ZodError, Problem PROBLEM_UNKNOWN, SPECIFICATION_INVALID */
export function readTrialsJob(paper: Paper, value: unknown): TrialsJob {
  const job = stored(paper).parse(value);
  return { ...job, specification: problemNamed(paper, job.problem).parse(job.specification) };
}
