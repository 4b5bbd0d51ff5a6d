import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { identify, isAlive } from '../../../../harness/core/process/process-identity.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { trainingJob } from './jobs.js';
import { Scheduling } from './scheduling.js';
import { existsSync } from 'node:fs';

let scheduling: Scheduling;
beforeEach(async () => {
  scheduling = await Scheduling.open();
});
afterEach(() => scheduling.close());

const lastEnd = (id: string) => readAttempts(scheduling.store.folder(id)).at(-1);

describe('a request to stop', () => {
  it('lets the running job write its checkpoint and starts no other', async () => {
    const run = scheduling.run([trainingJob('a'), trainingJob('b')], { slots: 1 });
    const worker = await scheduling.workers.next('a');
    await worker.do('checkpoint on SIGTERM');
    scheduling.interruption.request();
    expect((await run).unfinished.toSorted()).toEqual(['a', 'b']);
    expect(existsSync(runFile(scheduling.store.folder('a'), 'checkpoint'))).toBe(true);
    expect(lastEnd('a')).toMatchObject({ type: 'ended', outcome: 'stopped' });
    expect(scheduling.store.state('a')).toBe('interrupted');
    expect(scheduling.store.state('b')).toBe('absent');
  });

  it('is not a failure, and the next run goes on with another attempt', async () => {
    const run = scheduling.run([trainingJob('a')]);
    await (await scheduling.workers.next('a')).do('checkpoint on SIGTERM');
    scheduling.interruption.request();
    await run;
    expect(scheduling.told('failed')).toEqual([]);

    scheduling.renewInterruption();
    const again = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    expect(worker.attempt).toBe(2);
    await worker.succeed();
    expect((await again).done).toEqual(['a']);
  });

  it('keeps a result that the worker finished instead of stopping', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    await worker.do('ignore SIGTERM');
    scheduling.interruption.request();
    await worker.succeed();
    expect((await run).done).toEqual(['a']);
  });

  it('kills a worker that takes no notice once its grace is over', async () => {
    const run = scheduling.run([trainingJob('a')], { policy: { graceSeconds: 0 } });
    const worker = await scheduling.workers.next('a');
    await worker.do('ignore SIGTERM');
    scheduling.interruption.request();
    expect((await run).unfinished).toEqual(['a']);
    expect(lastEnd('a')).toMatchObject({ type: 'ended', outcome: 'interrupted' });
  });

  it('made twice kills at once', async () => {
    const run = scheduling.run([trainingJob('a')], { policy: { graceSeconds: 600 } });
    const worker = await scheduling.workers.next('a');
    await worker.do('ignore SIGTERM');
    scheduling.interruption.request();
    scheduling.interruption.request();
    expect((await run).unfinished).toEqual(['a']);
    await worker.gone;
  });
});

describe('without keep-going', () => {
  it('the first failure stops the rest gracefully', async () => {
    const run = scheduling.run([trainingJob('a'), trainingJob('b'), trainingJob('c')], { keepGoing: false });
    const a = await scheduling.workers.next('a');
    const b = await scheduling.workers.next('b');
    await b.do('checkpoint on SIGTERM');
    await a.exit(1);
    const outcome = await run;
    expect([...outcome.failed.keys()]).toEqual(['a']);
    expect(outcome.unfinished.toSorted()).toEqual(['b', 'c']);
    expect(scheduling.workers.count).toBe(2);
  });
});

describe('a worker', () => {
  it('that takes longer than its limit is ended as a timeout', async () => {
    const run = scheduling.run([trainingJob('a')], { policy: { timeoutSeconds: 0 } });
    expect((await run).failed.get('a')).toMatchObject({ kind: 'timeout', code: 'TIMEOUT' });
  });

  it('that tells nothing for too long is ended as silent', async () => {
    const run = scheduling.run([trainingJob('a')], { policy: { silenceSeconds: 0 } });
    expect((await run).failed.get('a')).toMatchObject({ kind: 'timeout', code: 'SILENT' });
  });

  it('has its grandchildren ended with it, wherever they went', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    const grandchild = identify(Number((await worker.do('fork'))['pid']));
    if (!grandchild) throw new Error('it was not started');
    expect(isAlive(grandchild)).toBe(true);
    await worker.exit(1);
    await run;
    // The kernel needs a moment to end a killed process.
    await vi.waitUntil(() => !isAlive(grandchild));
  });

  it('sees an empty CUDA_VISIBLE_DEVICES on CPU, and how it is to run', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    const { cuda, execution } = await worker.do('environment');
    expect(cuda).toBe('');
    expect(execution).toMatchObject({ devices: 'cpu:1', attempt: 1 });
    await worker.succeed();
    await run;
  });

  it('may print 100 MB: the log keeps its beginning and its end', { timeout: 60_000 }, async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    await worker.do('log', { text: 'the very first line\n' });
    const memoryBefore = process.memoryUsage().rss;
    await worker.do('print', { bytes: 100e6 });
    await worker.exit(1);
    const failure = (await run).failed.get('a');
    expect(failure?.logTail.at(-1)).toBe('the very last line');
    const log = scheduling.log('a');
    expect(log.length).toBeLessThan(1e6);
    expect(log.startsWith('the very first line')).toBe(true);
    expect(log).toMatch(/… \d+ bytes left out …/);
    // Nothing of it passes through the scheduler: what else it allocates meanwhile is far below 100 MB.
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(60e6);
  });
});

describe('a clock that is set back and forth', () => {
  it('changes no duration and no time limit', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01') });
    try {
      const run = scheduling.run([trainingJob('a')], { policy: { timeoutSeconds: 600 } });
      const worker = await scheduling.workers.next('a');
      vi.setSystemTime(new Date('1990-01-01'));
      await worker.do('event', { event: { type: 'phase', phase: 'training' } });
      vi.setSystemTime(new Date('2050-01-01'));
      await worker.succeed();
      expect((await run).done).toEqual(['a']);
    } finally {
      vi.useRealTimers();
    }
    const end = lastEnd('a');
    if (end?.type !== 'ended') throw new Error('the attempt has no end');
    expect(end.seconds).toBeGreaterThan(0);
    expect(end.seconds).toBeLessThan(600);
  });
});
