/** Two schedulers on one folder, and workers that nobody watches. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { errorCell } from './cells.js';
import { Scheduling } from './scheduling.js';

let scheduling: Scheduling;
beforeEach(async () => {
  scheduling = await Scheduling.open();
});
afterEach(() => scheduling.close());

describe('two schedulers on one folder', () => {
  it('share the cells: each runs once, and both end with all of them', async () => {
    const cells = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => errorCell(id));
    const runs = [scheduling.run(cells), scheduling.run(cells)];
    for (let left = cells.length; left > 0; left--) await (await scheduling.workers.next()).succeed();
    for (const { done } of await Promise.all(runs)) expect(done.toSorted()).toEqual(cells.map(({ id }) => id));
    expect(scheduling.workers.count).toBe(cells.length);
    for (const { id } of cells) {
      const folder = scheduling.store.folder(id);
      expect(readAttempts(folder).map((line) => line.type)).toEqual(['began', 'ended']);
      expect(readdirSync(folder).filter((name) => name.startsWith('lease'))).toEqual([]);
    }
  });

  it('wait for each other: a cell that fails at one is tried by the other', async () => {
    const runs = [scheduling.run([errorCell('a')]), scheduling.run([errorCell('a')])];
    await (await scheduling.workers.next('a')).exit(1);
    await (await scheduling.workers.next('a')).succeed();
    const [first, second] = await Promise.all(runs);
    expect([first?.failed.size, second?.failed.size].toSorted()).toEqual([0, 1]);
    expect(scheduling.store.state('a')).toBe('done');
  });
});

describe('a cell asked for anew', () => {
  it('loses its result before it runs, and gets another', async () => {
    const cell = errorCell('a');
    const first = scheduling.run([cell]);
    await (await scheduling.workers.next('a')).succeed();
    await first;

    const again = scheduling.run([cell], { anew: new Set(['a']) });
    const worker = await scheduling.workers.next('a');
    expect(scheduling.store.state('a')).toBe('running');
    expect(scheduling.store.result('a')).toBeNull();
    await worker.succeed();
    expect((await again).done).toEqual(['a']);
  });
});
