/** `kill -9` of the scheduler, or of a worker, at every named step of their life. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../harness/kinds/index.js';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { trainingJob, execution } from './jobs.js';
import { fakeWorkerCommand } from './fake-workers.js';
import { Scheduling } from './scheduling.js';

const script = fileURLToPath(new URL('scheduler-process.mjs', import.meta.url));

let scheduling: Scheduling;
beforeEach(async () => {
  scheduling = await Scheduling.open();
});
afterEach(() => scheduling.close());

/** Starts a scheduler that kills itself at a step, and resolves once it is dead. */
function schedulerKilledAt(killAt: string, jobs: readonly Job[]): { readonly dead: Promise<unknown> } {
  const config = {
    root: scheduling.root,
    jobs,
    slots: scheduling.slots,
    worker: fakeWorkerCommand,
    killAt,
    execution: execution('', 1),
  };
  const child = spawn(process.execPath, [script, JSON.stringify(config)], { stdio: 'inherit' });
  return { dead: once(child, 'exit').then(([, signal]) => expect(signal).toBe('SIGKILL')) };
}

/** Each begun attempt ended at most once, exactly one of them well, and nobody holds the folder. */
function expectFinishedOnce(id: string): void {
  const folder = scheduling.store.folder(id);
  expect(scheduling.store.state(id)).toBe('done');
  const lines = readAttempts(folder);
  const ends = lines.flatMap((line) => (line.type === 'ended' ? [line] : []));
  expect(new Set(ends.map(({ attempt }) => attempt)).size).toBe(ends.length);
  expect(ends.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
  expect(ends.at(-1)?.outcome).toBe('done');
  expect(readdirSync(folder).filter((name) => name.startsWith('lease') || name.endsWith('.tmp'))).toEqual([]);
}

describe('a scheduler killed before its worker runs', () => {
  it.each(['claimed', 'began', 'invalidated', 'prepared', 'spawned', 'recorded'])(
    'at "%s" leaves no worker behind',
    async (step) => {
      const job = trainingJob('a');
      await schedulerKilledAt(step, [job]).dead;
      expect(scheduling.store.state('a')).not.toBe('done');

      const run = scheduling.run([job]);
      await (await scheduling.workers.next('a')).succeed();
      expect((await run).done).toEqual(['a']);
      expect(scheduling.workers.count).toBe(1);
      expectFinishedOnce('a');
    },
  );
});

describe('a scheduler killed while its worker runs', () => {
  it('has its worker taken over by the next one, which takes its result', async () => {
    const job = trainingJob('a');
    await schedulerKilledAt('opened', [job]).dead;
    const orphan = await scheduling.workers.next('a');
    expect(scheduling.store.state('a')).toBe('running');

    const run = scheduling.run([job]);
    await orphan.succeed();
    expect((await run).done).toEqual(['a']);
    expect(scheduling.told('adopted')).toHaveLength(1);
    expect(scheduling.workers.count).toBe(1);
    expectFinishedOnce('a');
  });

  it('leaves a failure that the next one finds and tries again', async () => {
    const job = trainingJob('a');
    await schedulerKilledAt('opened', [job]).dead;
    const orphan = await scheduling.workers.next('a');
    await orphan.do('failure');
    await orphan.exit(3);
    const run = scheduling.run([job]);
    await (await scheduling.workers.next('a')).succeed();
    expect((await run).done).toEqual(['a']);
    expectFinishedOnce('a');
  });

  it('leaves a worker that only one of two schedulers takes over', async () => {
    const job = trainingJob('a');
    await schedulerKilledAt('opened', [job]).dead;
    const orphan = await scheduling.workers.next('a');
    const both = [scheduling.run([job]), scheduling.run([job])];
    await orphan.succeed();
    for (const { done } of await Promise.all(both)) expect(done).toEqual(['a']);
    expect(scheduling.told('adopted')).toHaveLength(1);
    expect(scheduling.workers.count).toBe(1);
    expectFinishedOnce('a');
  });

  it('leaves a worker that is ended, and its job run again, when it tells nothing for too long', async () => {
    const job = trainingJob('a');
    await schedulerKilledAt('opened', [job]).dead;
    const orphan = await scheduling.workers.next('a');
    await orphan.do('ignore SIGTERM');
    const impatient = scheduling.run([job], { policy: { silenceSeconds: 0, graceSeconds: 0 } });
    expect((await impatient).failed.get('a')).toMatchObject({ kind: 'timeout', code: 'SILENT' });
    await orphan.gone;
    // It tried once more itself, as impatiently: that was attempt 2.
    const again = scheduling.run([job]);
    let worker = await scheduling.workers.next('a');
    if (worker.attempt === 2) worker = await scheduling.workers.next('a');
    await worker.succeed();
    expect((await again).done).toEqual(['a']);
    expectFinishedOnce('a');
  });

  it('leaves a worker whose slot is given to nobody else', async () => {
    await schedulerKilledAt('opened', [trainingJob('a')]).dead;
    const orphan = await scheduling.workers.next('a');
    const run = scheduling.run([trainingJob('b')], { slots: 1 });
    expect(scheduling.told('occupied')).toHaveLength(1);
    expect(scheduling.told('started')).toEqual([]);
    await orphan.exit(0);
    await (await scheduling.workers.next('b')).succeed();
    expect((await run).done).toEqual(['b']);
  });
});

describe('a scheduler killed after its worker has ended', () => {
  it.each(['logged', 'released'])('at "%s" keeps the result', async (step) => {
    const job = trainingJob('a');
    const { dead } = schedulerKilledAt(step, [job]);
    await (await scheduling.workers.next('a')).succeed();
    await dead;
    expect((await scheduling.run([job])).done).toEqual(['a']);
    expect(scheduling.workers.count).toBe(1);
    expectFinishedOnce('a');
  });

  it.each(['failure-written', 'logged', 'released'])('at "%s" of a failure runs it again', async (step) => {
    const job = trainingJob('a');
    const { dead } = schedulerKilledAt(step, [job]);
    await (await scheduling.workers.next('a')).exit(1);
    await dead;
    expect(scheduling.store.state('a')).toBe('failed');
    const run = scheduling.run([job]);
    await (await scheduling.workers.next('a')).succeed();
    expect((await run).done).toEqual(['a']);
    expectFinishedOnce('a');
  });
});

describe('a worker killed', () => {
  const kill = (pid: number) => process.kill(pid, 'SIGKILL');

  it.each([
    ['before it tells anything', async () => undefined],
    ['after an event', (worker) => worker.do('event', { event: { type: 'phase', phase: 'training' } })],
    [
      'in the middle of writing its result',
      (worker) => worker.do('write', { name: 'result.json.1.tmp', value: '{"kind": "er' }),
    ],
  ] as [string, (worker: Awaited<ReturnType<Scheduling['workers']['next']>>) => Promise<unknown>][])(
    '%s is run again',
    async (_, before) => {
      const run = scheduling.run([trainingJob('a')], { policy: { attempts: 2 } });
      const first = await scheduling.workers.next('a');
      await before(first);
      kill(first.pid);
      await (await scheduling.workers.next('a')).succeed();
      expect((await run).done).toEqual(['a']);
      const failed = scheduling.told('failed')[0];
      expect(failed).toMatchObject({ failure: { kind: 'signal', signal: 'SIGKILL' } });
      expectFinishedOnce('a');
    },
  );

  it('after its result was written counts as done', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    await worker.do('result');
    kill(worker.pid);
    expect((await run).done).toEqual(['a']);
    expectFinishedOnce('a');
  });

  it('together with its scheduler is run again, from its checkpoint', async () => {
    const job = trainingJob('a');
    await schedulerKilledAt('opened', [job]).dead;
    const orphan = await scheduling.workers.next('a');
    await orphan.do('write', { name: 'checkpoint.safetensors', value: '2' });
    kill(orphan.pid);
    await orphan.gone;
    const run = scheduling.run([job]);
    const next = await scheduling.workers.next('a');
    expect(next.attempt).toBe(2);
    expect(readFileSync(join(scheduling.store.folder('a'), 'checkpoint.safetensors'), 'utf8')).toBe('2');
    await next.succeed();
    await run;
    expectFinishedOnce('a');
    expect(existsSync(join(scheduling.store.folder('a'), 'failure.json'))).toBe(false);
  });
});
