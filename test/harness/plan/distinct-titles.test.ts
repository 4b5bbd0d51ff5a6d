import { describe, expect, it } from 'vitest';
import { jobId } from '../../../harness/kinds/identity.js';
import type { Job } from '../../../harness/kinds/index.js';
import { distinctTitles } from '../../../harness/plan/expand/distinct-titles.js';
import { operationsJob, timingRow, trainingJob } from '../../support/jobs.js';
import { warpnet } from '../../support/papers.js';

const identified = (job: Job): Job => ({ ...job, id: jobId(warpnet, job) });
const titlesOf = (...jobs: Job[]): string[] => distinctTitles(warpnet, jobs.map(identified)).map(({ title }) => title);

const rows = (classes: number) => [
  timingRow('baseline', { family: 'wrn', unitsPerStage: 2, kw: 1, classes }, '[F1, F2]'),
  timingRow('warpnet1', { family: 'warpnet1', K: 2, Nwarp: 1, kw: 1, classes }, "[F1] [F2, F2'x1]"),
];

describe('titles of jobs', () => {
  it('say once what differs in every row', () => {
    expect(titlesOf(operationsJob({ rows: rows(10) }), operationsJob({ rows: rows(100) }))).toEqual([
      'Operations of K = 2 (classes 10)',
      'Operations of K = 2 (classes 100)',
    ]);
  });

  it('stay as they are where they differ', () => {
    expect(titlesOf(trainingJob({ title: 'a' }), trainingJob({ title: 'b', training: { seed: 1 } }))).toEqual([
      'a',
      'b',
    ]);
  });

  it('name the whole path where its end tells nothing apart', () => {
    const [first, second] = [rows(10), rows(100)];
    const [a, b, c, d] = [first[0], second[1], second[0], first[1]];
    if (!a || !b || !c || !d) throw new Error('no rows');
    const titles = titlesOf(operationsJob({ rows: [a, b] }), operationsJob({ rows: [c, d] }));
    expect(new Set(titles).size).toBe(2);
    expect(titles[0]).toContain('rows.0.network.classes 10');
  });
});
