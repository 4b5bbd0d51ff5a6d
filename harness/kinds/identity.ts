/** A job's id: a hash of exactly what decides its numbers, and of nothing else. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../plan/canonical-json.js';
import type { Paper } from '../plan/paper/paper.js';
import { kindOf, type Job } from './index.js';
import type { Identity, Unidentified } from './kind.js';

/** What the id of a job is a hash of. */
export const jobIdentity = (paper: Paper, job: Unidentified<Job>): Identity => ({
  ...paper.identity,
  ...kindOf(job).identity(paper, job),
});

/** First 16 hexadecimal digits of the SHA-256 of the identity's canonical JSON. */
export function jobId(paper: Paper, job: Unidentified<Job>): string {
  const identity = jobIdentity(paper, job);
  const protocol = paper.numerics.namedIn(identity.numericsVersion, identity.protocol);
  return createHash('sha256')
    .update(canonicalJson({ ...identity, protocol }))
    .digest('hex')
    .slice(0, 16);
}

/** A stored job under today's names of options: its id tells whether it is of an older version. */
export function underTodaysNames(paper: Paper, job: Job): Job {
  const renamed: Job = { ...job, protocol: { ...job.protocol, ...paper.numerics.namedToday(job.protocol) } };
  return jobId(paper, renamed) === job.id ? renamed : job;
}

/** What changed between two jobs: `training.steps: 80000 -> 450`; `none` where a key is only on one side. */
export function explainDifference(paper: Paper, before: Unidentified<Job>, after: Unidentified<Job>): string[] {
  const [a, b] = [inputsOf(paper, before), inputsOf(paper, after)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => `${path}: ${a.get(path) ?? 'none'} -> ${b.get(path) ?? 'none'}`);
}

/** What a job's id is a hash of, in words, flat: `training.steps` is `450`. */
export const inputsOf = (paper: Paper, job: Unidentified<Job>): Map<string, string> =>
  leaves(JSON.parse(canonicalJson({ ...jobIdentity(paper, job), ...kindOf(job).inWords?.(job) })));

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  const plainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (typeof value === 'object' && value !== null && !plainList)
    for (const [key, child] of Object.entries(value)) leaves(child, path === '' ? key : `${path}.${key}`, found);
  else found.set(path, plainList ? value.join(', ') : String(value));
  return found;
}
