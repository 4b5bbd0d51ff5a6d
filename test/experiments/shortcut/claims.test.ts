/** The claims, decided on made-up counts. */
import { describe, expect, it } from 'vitest';
import { claims } from '../../../experiments/shortcut/claims.js';
import type { TrialsJob } from '../../../harness/kinds/index.js';
import { trials } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { judgeClaims } from '../../../harness/report/claims/claims.js';
import { measurementsOf, type Outcome } from '../../../harness/report/measured/measurements.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { twoCores } from '../../support/machines.js';
import { papers } from '../../support/papers.js';
import { trialsResult } from '../../support/results.js';
import { sizeOf } from '../../support/step-sizes.js';

const paper = papers.named('shortcut');
const folder = new ExperimentFolder(paper);
const matrices = ['plain', 'dimension', 'shortcut', 'sampled'].map((name) => folder.matrix(name));
const plan = expand({ matrices, profile: 'quick', machine: twoCores, sizeOf, folder });

/** Verdicts where `share` of a job's trials find the teacher; null: it has not run. */
function verdicts(share: (job: TrialsJob) => number | null): Record<string, { outcome: string; reason: string }> {
  const outcomes = new Map<string, Outcome>();
  for (const job of plan.jobs) {
    if (!trials.is(job)) continue;
    const found = share(job);
    if (found === null) continue;
    const global = Math.round(found * job.trials);
    const counts = { global, spurious: job.trials - global, unfinished: 0, unstable: 0 };
    outcomes.set(job.id, { result: trialsResult({ id: job.id, counts }) });
  }
  const measurements = measurementsOf(outcomes);
  const { models, evidence } = tablesFrom({ paper, plan, measurements, projections: new Map(), sizeOf });
  const places = models.flatMap((model) => model.places);
  return Object.fromEntries(judgeClaims(claims(), places, evidence).map(({ id, verdict }) => [id, verdict]));
}

/** As the reviews have it. */
const asClaimed = ({ problem, specification: { patchInputs, patches } }: TrialsJob): number => {
  if (problem === 'constant-rates') return 0.9;
  if (problem !== 'plain') return 1;
  return 0.5 + 0.08 * Math.log2(Number(patchInputs)) - Number(patches) / 2000;
};

describe('without warm-up', () => {
  const verdictOf = (share: Parameters<typeof verdicts>[0]) => verdicts(share)['claim.without-warm-up'];

  it('is reproduced where both endings occur, and success rises with p', () => {
    const verdict = verdictOf(asClaimed);
    expect(verdict?.outcome).toBe('reproduced');
    for (const text of ['22 of 22 cells', 'judged on the plain arm', 'By k instead', 'k = 100'])
      expect(verdict?.reason).toContain(text);
  });

  it('is not where constant rates always succeed', () => {
    expect(verdictOf((job) => (job.problem === 'constant-rates' ? 1 : asClaimed(job)))?.outcome).toBe('not reproduced');
  });

  it('is not where success falls with p', () => {
    const falling = (job: TrialsJob) => (job.problem === 'plain' ? 1.2 - asClaimed(job) : asClaimed(job));
    expect(verdictOf(falling)?.outcome).toBe('not reproduced');
  });

  it('is not judged where p makes no difference that could be told', () => {
    const nearlyFlat: Readonly<Record<string, number>> = { 2: 0.7, 4: 0.71, 8: 0.7, 16: 0.71, 64: 0.72 };
    const flat = (job: TrialsJob) =>
      job.problem === 'plain' ? (nearlyFlat[String(job.specification['patchInputs'])] ?? null) : asClaimed(job);
    expect(verdictOf(flat)).toMatchObject({ outcome: 'not judged', code: 'interval-too-wide' });
  });

  it('rests on exact descent alone', () => {
    const reason = verdictOf((job) => (job.specification['stepInputs'] === 'all' ? asClaimed(job) : 0))?.reason;
    expect(reason).toBe(verdictOf(asClaimed)?.reason);
  });
});

describe('with warm-up', () => {
  const verdictOf = (share: Parameters<typeof verdicts>[0]) => verdicts(share)['claim.with-warm-up'];

  it('is reproduced where every trial succeeds', () => {
    expect(verdictOf(asClaimed)?.outcome).toBe('reproduced');
  });

  it('is not where one trial fails', () => {
    const first = plan.jobs.filter((job) => trials.is(job)).find(({ problem }) => problem === 'warm-up');
    const verdict = verdictOf((job) => (job.id === first?.id ? 1 - 1 / job.trials : asClaimed(job)));
    expect(verdict?.outcome).toBe('not reproduced');
  });

  it('is not judged before anything has run', () => {
    expect(verdictOf(() => null)).toMatchObject({ outcome: 'not judged', code: 'not-run-yet' });
  });
});
