/** Jobs of a real Slurm, and what can happen to them; the workers are fake and do what they are told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Surroundings } from '../../harness/run/surroundings.js';
import { readAttempts } from '../../harness/store/attempts.js';
import { readLeases, updateLease } from '../../harness/store/lease.js';
import { Program, smallTable } from '../harness/cli/program.js';
import { fakeWorkerCommand, FakeWorkers } from '../harness/run/schedule/fake-workers.js';
import { missingTool } from '../tools.js';
import { TestCluster } from './test-cluster.js';

const card = (index: number) => ({
  index,
  uuid: `GPU-${index}`,
  model: 'GPU X',
  memoryMebibytes: 16_000,
  driver: '1',
});
const node = { cpu: 'CPU Y', cores: [0, 1, 2, 3, 4, 5, 6, 7], memoryBytes: 2 ** 35, gpus: [0, 1, 2, 3].map(card) };
const script = fileURLToPath(new URL('../harness/cli/main-process.mjs', import.meta.url));

describe.skipIf(missingTool('slurm'))('a job in Slurm', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let workers: FakeWorkers;
  let program: Program;
  let site: string;

  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    workers = await FakeWorkers.listen();
    program = new Program();
    site = join(program.reports, 'site.yaml');
    writeFileSync(site, 'pollSeconds: 0.3\nvisibleSeconds: 2\n');
  });
  afterEach(async () => {
    cluster.ask('scancel', '--user', userInfo().username);
    await workers.close();
    program.close();
  });

  const environment = (): NodeJS.ProcessEnv => ({
    ...cluster.environment,
    FAKE_WORKER_SOCKET: workers.socketPath,
    CUDA_VISIBLE_DEVICES: '7',
  });
  const onSlurm = () => ['--executor', 'slurm', '--site', site];
  const run = (args: readonly string[], changes: Partial<Surroundings> = {}) =>
    program.run([...args, ...onSlurm()], { environment: environment(), hardware: node, ...changes });
  const both = [...smallTable, '--devices', 'cpu:1'];
  const one = ['table2', '--profile', 'quick', '--only', 'WRN-13-1', '--devices', 'cpu:1'];
  const outcomes = (id: string) =>
    readAttempts(program.store.folder(id)).map((line) => (line.type === 'ended' ? line.outcome : line.type));
  const leases = (id: string) => readdirSync(program.store.folder(id)).filter((name) => name.startsWith('lease'));
  /** Ids of the tasks of this test's jobs, as squeue shows them. */
  const ours = () => cluster.jobs().map((line) => line.split(' ')[0] ?? '');

  it('is one array for cells that are alike, and its results are collected', async () => {
    const ran = run(both);
    const [first, second] = [await workers.next(), await workers.next()];
    const ids = ours();
    expect(new Set(ids.map((id) => id.split('_')[0])).size).toBe(1);
    await Promise.all([first.succeed(), second.succeed()]);
    const { exitCode, messages } = await ran;
    expect(messages).toContain('2 of 2 cells done');
    expect(exitCode).toBe(0);
    for (const { id } of [first, second]) {
      expect(outcomes(id)).toEqual(['began', 'done']);
      expect(leases(id)).toEqual([]);
    }
  });

  it('sees the GPUs that Slurm gives it, which no other has, and not those of whoever submitted it', async () => {
    const ran = run([...smallTable, '--devices', 'gpu']);
    const there = [await workers.next(), await workers.next()];
    const given = await Promise.all(there.map(async (worker) => (await worker.do('environment'))['cuda']));
    expect(given.toSorted()).toEqual(['0', '1']);
    await Promise.all(there.map((worker) => worker.succeed()));
    expect((await ran).exitCode).toBe(0);
  });

  it('that fails is told with its log and tried again', async () => {
    const ran = run(one);
    const worker = await workers.next();
    await worker.do('log', { text: 'the reason\n' });
    await worker.exit(7);
    const again = await workers.next();
    expect(again.attempt).toBe(2);
    await again.succeed();
    const { exitCode, messages } = await ran;
    expect(messages).toContain('It ended with exit code 7');
    expect(exitCode).toBe(0);
    expect(outcomes(worker.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('goes on without the program that submitted it, and is followed up from elsewhere', async () => {
    const detached = await run([...both, '--detach']);
    expect(detached).toMatchObject({
      exitCode: 0,
      messages: expect.stringContaining('Submitted 2 cells as') as string,
    });
    const [first, second] = [await workers.next(), await workers.next()];
    const status = await run(['status']);
    expect(status.output).toContain('2 running');
    expect(status.output).toMatch(/cpu:1, job \d+_0 on n0, running/);
    // Again: nothing is submitted twice.
    expect((await run([...both, '--detach'])).messages).toContain('2 in the queue or at work already');
    const waited = run(['wait']);
    await first.succeed();
    await second.do('failure', { failure: { message: 'no such luck' } });
    await second.exit(3);
    expect(await waited).toMatchObject({ exitCode: 2, output: expect.stringContaining('1 done, 1 failed') as string });
    expect((await run(['status'])).output).toContain('no such luck');
    expect([outcomes(first.id), outcomes(second.id)]).toEqual([
      ['began', 'done'],
      ['began', 'failed'],
    ]);
    expect((await run(['retry', '--detach'])).messages).toContain('Submitted 1 cell');
    const third = await workers.next(second.id);
    await third.succeed();
    expect(await run(['wait'])).toMatchObject({ exitCode: 0 });
    expect(outcomes(second.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('is taken over by the next run, also from another login node, and runs once', async () => {
    await run([...one, '--detach']);
    const worker = await workers.next();
    const folder = program.store.folder(worker.id);
    for (const lease of readLeases(folder))
      updateLease(folder, { ...lease, host: { name: 'login2', boot: 'another', pidNamespace: 'another' } });
    const ran = run(one);
    await vi.waitUntil(() => outcomes(worker.id).includes('adopted'), { timeout: 20_000 });
    await worker.succeed();
    const { exitCode, messages } = await ran;
    expect(messages).toContain('was submitted before');
    expect(exitCode).toBe(0);
    expect(outcomes(worker.id)).toEqual(['began', 'adopted', 'done']);
    expect(workers.count).toBe(1);
  });

  it('that was cancelled writes a checkpoint, and goes on from there', async () => {
    await run([...both, '--detach']);
    const there = [await workers.next(), await workers.next()];
    for (const worker of there) await worker.do('checkpoint on SIGTERM');
    expect((await run(['cancel'])).output).toContain('Cancelled the jobs of 2 cells');
    await Promise.all(there.map(({ gone }) => gone));
    await run(['wait']);
    for (const { id } of there) {
      expect(outcomes(id)).toEqual(['began', 'stopped']);
      expect(program.store.state(id)).toBe('interrupted');
    }
    const ran = run(both);
    for (let left = 2; left > 0; left--) {
      const worker = await workers.next();
      expect(worker.attempt).toBe(2);
      await worker.succeed();
    }
    expect((await ran).exitCode).toBe(0);
  });

  it('that waits leaves the queue when it is cancelled', async () => {
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=drain', 'Reason=test');
    try {
      await run([...one, '--detach']);
      await cluster.until('it waits', () => cluster.jobs().some((line) => line.includes('PENDING')));
      expect((await run(['status'])).output).toMatch(/nodes that are down, drained or reserved: `sinfo -R`/);
      cluster.ask('scontrol', 'hold', ours()[0] ?? '');
      await cluster.until('it is held', () => cluster.jobs().some((line) => line.includes('JobHeld')));
      expect((await run(['status'])).output).toMatch(/Job \d+_0 is held/);
      await run(['cancel']);
      expect(cluster.jobs()).toEqual([]);
      expect((await run(['status'])).output).toContain('0 done, 1 interrupted');
    } finally {
      cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    }
  });

  it('that Slurm takes back and starts again goes on under the same lease', async () => {
    const ran = run(one);
    const first = await workers.next();
    await first.do('checkpoint on SIGTERM');
    cluster.ask('scontrol', 'requeue', ours()[0] ?? '');
    await first.gone;
    const second = await workers.next(first.id);
    expect(second.attempt).toBe(1);
    await second.succeed();
    expect((await ran).exitCode).toBe(0);
    expect(outcomes(first.id)).toEqual(['began', 'done']);
  });

  it('makes way for one of higher priority, and goes on afterwards', async () => {
    await run([...one, '--detach']);
    const first = await workers.next();
    await first.do('checkpoint on SIGTERM');
    const urgent = cluster.ask(
      'sbatch',
      '--parsable',
      '-p',
      'urgent',
      '--exclusive',
      '-o',
      '/dev/null',
      '--wrap',
      'sleep 60',
    );
    await first.gone;
    await cluster.until('the urgent job runs', () =>
      cluster.jobs('-j', urgent).some((line) => line.includes('RUNNING')),
    );
    cluster.ask('scancel', urgent);
    await (await workers.next(first.id)).succeed();
    expect((await run(['wait'])).exitCode).toBe(0);
    expect(outcomes(first.id)).toEqual(['began', 'done']);
  });

  it('puts itself back into the queue when its time is nearly up, unless it got nowhere', async () => {
    const ran = run(one);
    const first = await workers.next();
    await first.do('event', { event: { type: 'checkpointed', step: 1 } });
    await first.do('checkpoint on SIGTERM');
    cluster.ask('scancel', '--batch', '--signal=USR1', ours()[0] ?? '');
    await first.gone;
    const second = await workers.next(first.id);
    await second.do('checkpoint on SIGTERM');
    // Its only sign of life is `stopped` at the step it began with.
    cluster.ask('scancel', '--batch', '--signal=USR1', ours()[0] ?? '');
    await second.gone;
    const third = await workers.next(first.id);
    expect(third.attempt).toBe(2);
    await third.succeed();
    expect((await ran).messages).toContain('[TIME_LIMIT]');
    expect(outcomes(first.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('that somebody takes out of the queue is said to be cancelled, and not tried again', async () => {
    const ran = run(one);
    const worker = await workers.next();
    cluster.ask('scancel', ours()[0] ?? '');
    await worker.gone;
    expect(await ran).toMatchObject({
      exitCode: 2,
      messages: expect.stringMatching(/Job \d+_0 was cancelled in Slurm/) as string,
    });
    expect(outcomes(worker.id)).toEqual(['began', 'failed']);
  });

  it('loses nothing while the controller is away', async () => {
    const ran = run(both);
    const there = [await workers.next(), await workers.next()];
    await cluster.stopController();
    await Promise.all(there.map((worker) => worker.succeed()));
    for (const { id } of there) expect(program.store.state(id)).toBe('done');
    cluster.startController();
    expect((await ran).exitCode).toBe(0);
    for (const { id } of there) expect(outcomes(id)).toEqual(['began', 'done']);
    expect(workers.count).toBe(2);
  });

  it('is not begun by a job whose lease is gone', async () => {
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=drain', 'Reason=test');
    await run([...one, '--detach']);
    const [id = ''] = program.store.ids();
    const folder = program.store.folder(id);
    const log = () => {
      const slurm = join(program.reports, 'slurm');
      const [name = ''] = readdirSync(slurm).filter((file) => file.startsWith('reproduce-'));
      return readFileSync(join(slurm, name, '0.log'), 'utf8');
    };
    const [lease] = readLeases(folder);
    if (!lease) throw new Error('no lease');
    program.store.end({ id, folder, lease }, { outcome: 'stopped' }, null);
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    await cluster.until('the job has ended', () => cluster.jobs().length === 0);
    expect(workers.count).toBe(0);
    expect(log()).toContain('its lease is gone');
  });

  it('that could not be launched is held, with the way out', async () => {
    // A node whose spool folder is gone cannot launch anything.
    renameSync(join(cluster.folder, 'spool'), join(cluster.folder, 'spool.away'));
    try {
      await run([...one, '--detach']);
      await cluster.until('it is held', () => cluster.jobs().some((line) => line.includes('held')));
      expect((await run(['status'])).output).toMatch(/could not be launched on its node and is held: see `sinfo -R`/);
    } finally {
      renameSync(join(cluster.folder, 'spool.away'), join(cluster.folder, 'spool'));
      cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    }
    cluster.ask('scontrol', 'release', ours()[0] ?? '');
    await (await workers.next()).succeed();
    expect((await run(['wait'])).exitCode).toBe(0);
  });

  it('that Slurm refuses is told in its words', async () => {
    writeFileSync(site, 'partition: nowhere\n');
    const ran = await run(one);
    expect(ran.exitCode).toBe(2);
    expect(ran.messages).toMatch(/[Ii]nvalid partition.*\[SLURM_REFUSED\]/s);
    const detached = await run([...one, '--detach']);
    expect(detached).toMatchObject({ exitCode: 1, messages: expect.stringMatching(/[Ii]nvalid partition/) as string });
    expect(program.store.ids().map((id) => program.store.state(id))).toEqual(['interrupted']);
  });

  it('survives the death of the program that watches it', async () => {
    const surroundings = JSON.stringify({ worker: fakeWorkerCommand, hardware: node });
    const start = () =>
      spawn(process.execPath, [script, surroundings, ...one, ...onSlurm(), '--reports-folder', program.reports], {
        env: environment(),
        stdio: 'ignore',
      });
    const watching = start();
    const worker = await workers.next();
    watching.kill('SIGKILL');
    await once(watching, 'exit');
    const next = start();
    await worker.succeed();
    expect(await once(next, 'exit')).toEqual([0, null]);
    expect(outcomes(worker.id).filter((line) => line !== 'adopted')).toEqual(['began', 'done']);
    expect(workers.count).toBe(1);
  });

  it('is asked for a checkpoint by Ctrl-C', async () => {
    const surroundings = JSON.stringify({ worker: fakeWorkerCommand, hardware: node });
    const args = [script, surroundings, ...one, ...onSlurm(), '--reports-folder', program.reports];
    const watching = spawn(process.execPath, args, { env: environment(), stdio: 'ignore' });
    const worker = await workers.next();
    await worker.do('checkpoint on SIGTERM');
    watching.kill('SIGINT');
    expect(await once(watching, 'exit')).toEqual([130, null]);
    expect(outcomes(worker.id)).toEqual(['began', 'stopped']);
    expect(cluster.jobs()).toEqual([]);
  });
});
