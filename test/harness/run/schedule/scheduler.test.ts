import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { trainingJob, timingJob } from './jobs.js';
import { Scheduling } from './scheduling.js';

let scheduling: Scheduling;
beforeEach(async () => {
  scheduling = await Scheduling.open();
});
afterEach(() => scheduling.close());

describe('a schedule', () => {
  it('runs each job once and finds its result the next time', async () => {
    const jobs = [trainingJob('a'), trainingJob('b'), trainingJob('c')];
    const first = scheduling.run(jobs);
    for (const { id } of jobs) await (await scheduling.workers.next(id)).succeed();
    expect((await first).done.toSorted()).toEqual(['a', 'b', 'c']);

    expect((await scheduling.run(jobs)).done).toEqual(['a', 'b', 'c']);
    expect(scheduling.told('reused')).toHaveLength(3);
    expect(scheduling.workers.count).toBe(3);
  });

  it('runs a job again whose result cannot be used, and says so', async () => {
    const first = scheduling.run([trainingJob('a')]);
    await (await scheduling.workers.next('a')).succeed();
    await first;
    const path = join(scheduling.store.folder('a'), 'result.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"finalLoss": ?1/u, '"finalLoss":"x"'));
    const again = scheduling.run([trainingJob('a')]);
    await (await scheduling.workers.next('a')).succeed();
    expect((await again).done).toEqual(['a']);
    expect(scheduling.told('reused')).toEqual([]);
    expect(scheduling.told('warning')).toEqual([
      { type: 'warning', message: expect.stringMatching(/, a is run again: .*result\.json/u) as string },
    ]);
    expect(scheduling.store.result('a')).toMatchObject({ finalLoss: 1 });
  });

  it('never runs more jobs than there are slots', async () => {
    const run = scheduling.run([trainingJob('a'), trainingJob('b'), trainingJob('c')], { slots: 2 });
    const a = await scheduling.workers.next('a');
    const b = await scheduling.workers.next('b');
    expect(scheduling.told('started')).toHaveLength(2);
    await a.succeed();
    await (await scheduling.workers.next('c')).succeed();
    await b.succeed();
    await run;
  });

  it('gives a timing job the machine alone', async () => {
    const run = scheduling.run([trainingJob('a'), timingJob('t', 1), trainingJob('b')], { slots: 3 });
    const a = await scheduling.workers.next('a');
    const b = await scheduling.workers.next('b');
    await a.succeed();
    await b.succeed();
    const timing = await scheduling.workers.next('t');
    expect(scheduling.store.state('t')).toBe('running');
    await timing.succeed();
    await run;
    const order = scheduling.events.flatMap((event) => ('job' in event ? [`${event.type} ${event.job.id}`] : []));
    expect(order.indexOf('started t')).toBeGreaterThan(order.indexOf('done a'));
    expect(order.indexOf('started t')).toBeGreaterThan(order.indexOf('done b'));
  });

  it('gives the devices of a result to the next job only when what shows results has ended', async () => {
    const shown: string[] = [];
    let end: () => void = () => undefined;
    const showing = new Promise<void>((resolve) => (end = resolve));
    const onResult = async ({ id }: { readonly id: string }): Promise<void> => {
      shown.push(id);
      if (id === 'a') await showing;
    };
    const run = scheduling.run([timingJob('a', 1), timingJob('b', 1)], { slots: 1, onResult });
    await (await scheduling.workers.next('a')).succeed();
    while (shown.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(scheduling.told('started')).toHaveLength(1);
    end();
    await (await scheduling.workers.next('b')).succeed();
    expect((await run).done).toEqual(['a', 'b']);
    expect(shown).toEqual(['a', 'b']);
  });

  it('goes on where results cannot be shown, and says why', async () => {
    const onResult = (): Promise<void> => Promise.reject(new Problem('DISK_FULL', 'No space for the report', ''));
    const run = scheduling.run([trainingJob('a')], { slots: 1, onResult });
    await (await scheduling.workers.next('a')).succeed();
    expect((await run).done).toEqual(['a']);
    expect(scheduling.told('warning')).toEqual([{ type: 'warning', message: 'No space for the report' }]);
  });

  it('goes on when a job fails, and keeps the failure', async () => {
    const run = scheduling.run([trainingJob('bad'), trainingJob('good')], { slots: 1 });
    const bad = await scheduling.workers.next('bad');
    await bad.do('failure', { failure: { kind: 'diverged', code: 'LOSS_DIVERGED', message: 'the loss is NaN' } });
    await bad.exit(3);
    await (await scheduling.workers.next('good')).succeed();
    const outcome = await run;
    expect(outcome.done).toEqual(['good']);
    expect(outcome.failed.get('bad')).toMatchObject({ kind: 'diverged', code: 'LOSS_DIVERGED' });
    expect(scheduling.store.state('bad')).toBe('failed');
  });

  it('logs an attempt that was retried', async () => {
    const run = scheduling.run([trainingJob('a')], { policy: { attempts: 2 } });
    await (await scheduling.workers.next('a')).exit(1);
    await (await scheduling.workers.next('a')).succeed();
    expect((await run).done).toEqual(['a']);
    const log = readAttempts(scheduling.store.folder('a')).map((line) => [
      line.attempt,
      line.type,
      'outcome' in line && line.outcome,
    ]);
    expect(log).toEqual([
      [1, 'began', false],
      [1, 'ended', 'failed'],
      [2, 'began', false],
      [2, 'ended', 'done'],
    ]);
  });
});
