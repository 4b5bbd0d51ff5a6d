/** Two schedulers on one folder, and workers that nobody watches. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { trainingJob } from './jobs.js';
import { Scheduling } from './scheduling.js';

let scheduling: Scheduling;
beforeEach(async () => {
  scheduling = await Scheduling.open();
});
afterEach(() => scheduling.close());

describe('two schedulers on one folder', () => {
  it('share the jobs: each runs once, and both end with all of them', async () => {
    const jobs = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => trainingJob(id));
    const runs = [scheduling.run(jobs), scheduling.run(jobs)];
    for (let left = jobs.length; left > 0; left--) await (await scheduling.workers.next()).succeed();
    for (const { done } of await Promise.all(runs)) expect(done.toSorted()).toEqual(jobs.map(({ id }) => id));
    expect(scheduling.workers.count).toBe(jobs.length);
    for (const { id } of jobs) {
      const folder = scheduling.store.folder(id);
      expect(readAttempts(folder).map((line) => line.type)).toEqual(['began', 'ended']);
      expect(readdirSync(folder).filter((name) => name.startsWith('lease'))).toEqual([]);
    }
  });

  it('wait for each other: a job that fails at one is tried by the other', async () => {
    const runs = [scheduling.run([trainingJob('a')]), scheduling.run([trainingJob('a')])];
    await (await scheduling.workers.next('a')).exit(1);
    await (await scheduling.workers.next('a')).succeed();
    const [first, second] = await Promise.all(runs);
    expect([first?.failed.size, second?.failed.size].toSorted()).toEqual([0, 1]);
    expect(scheduling.store.state('a')).toBe('done');
  });
});

describe('a job asked for anew', () => {
  it('loses its result before it runs, and gets another', async () => {
    const job = trainingJob('a');
    const first = scheduling.run([job]);
    await (await scheduling.workers.next('a')).succeed();
    await first;

    const again = scheduling.run([job], { anew: new Set(['a']) });
    const worker = await scheduling.workers.next('a');
    expect(scheduling.store.state('a')).toBe('running');
    expect(scheduling.store.result('a')).toBeNull();
    await worker.succeed();
    expect((await again).done).toEqual(['a']);
  });
});
