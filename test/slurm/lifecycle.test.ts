/** Jobs of a real Slurm from their submission to their end, whoever watches them; the workers are fake and do what they are told. */
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLeases, updateLease } from '../../harness/store/lease.js';
import { smallTable } from '../harness/cli/program.js';
import { missingTool } from '../tools.js';
import { both, one, SlurmJobs } from './slurm-jobs.js';
import { TestCluster } from './test-cluster.js';

describe.skipIf(missingTool('slurm'))('a job in Slurm', { timeout: 60_000 }, () => {
  let cluster: TestCluster;
  let jobs: SlurmJobs;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    jobs = await SlurmJobs.open(cluster);
  });
  afterEach(() => jobs.close());

  it('is one array for jobs that are alike, and its results are collected', async () => {
    const ran = jobs.run(both);
    const [first, second] = [await jobs.workers.next(), await jobs.workers.next()];
    const ids = jobs.ours();
    expect(new Set(ids.map((id) => id.split('_')[0])).size).toBe(1);
    await Promise.all([first.succeed(), second.succeed()]);
    const { exitCode, messages } = await ran;
    expect(messages).toContain('2 of 2 jobs done');
    expect(exitCode).toBe(0);
    for (const { id } of [first, second]) {
      expect(jobs.outcomes(id)).toEqual(['began', 'done']);
      expect(jobs.leases(id)).toEqual([]);
    }
  });

  it('sees the GPUs that Slurm gives it, which no other has, and not those of whoever submitted it', async () => {
    const ran = jobs.run([...smallTable, '--devices', 'gpu']);
    const there = [await jobs.workers.next(), await jobs.workers.next()];
    const given = await Promise.all(there.map(async (worker) => (await worker.do('environment'))['cuda']));
    expect(given.toSorted()).toEqual(['0', '1']);
    await Promise.all(there.map((worker) => worker.succeed()));
    expect((await ran).exitCode).toBe(0);
  });

  it('that fails is told with its log and tried again', async () => {
    const ran = jobs.run(one);
    const worker = await jobs.workers.next();
    await worker.do('log', { text: 'the reason\n' });
    await worker.exit(7);
    const again = await jobs.workers.next();
    expect(again.attempt).toBe(2);
    await again.succeed();
    const { exitCode, messages } = await ran;
    expect(messages).toContain('It ended with exit code 7');
    expect(exitCode).toBe(0);
    expect(jobs.outcomes(worker.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('goes on without the program that submitted it, and is followed up from elsewhere', async () => {
    const detached = await jobs.run([...both, '--detach']);
    expect(detached).toMatchObject({
      exitCode: 0,
      messages: expect.stringContaining('Submitted 2 jobs as') as string,
    });
    const [first, second] = [await jobs.workers.next(), await jobs.workers.next()];
    const status = await jobs.run(['status']);
    expect(status.output).toContain('2 running');
    expect(status.output).toMatch(/cpu:1, job \d+_0 on n0, running/);
    // Again: nothing is submitted twice.
    expect((await jobs.run([...both, '--detach'])).messages).toContain('2 in the queue or at work already');
    const waited = jobs.run(['wait']);
    await first.succeed();
    await second.do('failure', { failure: { message: 'no such luck' } });
    await second.exit(3);
    expect(await waited).toMatchObject({ exitCode: 2, output: expect.stringContaining('1 done, 1 failed') as string });
    expect((await jobs.run(['status'])).output).toContain('no such luck');
    expect([jobs.outcomes(first.id), jobs.outcomes(second.id)]).toEqual([
      ['began', 'done'],
      ['began', 'failed'],
    ]);
    expect((await jobs.run(['retry', '--detach'])).messages).toContain('Submitted 1 job');
    const third = await jobs.workers.next(second.id);
    await third.succeed();
    expect(await jobs.run(['wait'])).toMatchObject({ exitCode: 0 });
    expect(jobs.outcomes(second.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('is taken over by the next run, also from another login node, and runs once', async () => {
    await jobs.run([...one, '--detach']);
    const worker = await jobs.workers.next();
    const folder = jobs.program.store.folder(worker.id);
    for (const lease of readLeases(folder))
      updateLease(folder, { ...lease, host: { name: 'login2', boot: 'another', pidNamespace: 'another' } });
    const ran = jobs.run(one);
    await vi.waitUntil(() => jobs.outcomes(worker.id).includes('adopted'), { timeout: 20_000 });
    await worker.succeed();
    const { exitCode, messages } = await ran;
    expect(messages).toContain('was submitted before');
    expect(exitCode).toBe(0);
    expect(jobs.outcomes(worker.id)).toEqual(['began', 'adopted', 'done']);
    expect(jobs.workers.count).toBe(1);
  });

  it('that was cancelled writes a checkpoint, and goes on from there', async () => {
    await jobs.run([...both, '--detach']);
    const there = [await jobs.workers.next(), await jobs.workers.next()];
    for (const worker of there) await worker.do('checkpoint on SIGTERM');
    expect((await jobs.run(['cancel'])).output).toContain('Cancelled the jobs of 2 jobs');
    await Promise.all(there.map(({ gone }) => gone));
    await jobs.run(['wait']);
    for (const { id } of there) {
      expect(jobs.outcomes(id)).toEqual(['began', 'stopped']);
      expect(jobs.program.store.state(id)).toBe('interrupted');
    }
    const ran = jobs.run(both);
    for (let left = 2; left > 0; left--) {
      const worker = await jobs.workers.next();
      expect(worker.attempt).toBe(2);
      await worker.succeed();
    }
    expect((await ran).exitCode).toBe(0);
  });

  it('that Slurm takes back and starts again goes on under the same lease', async () => {
    const ran = jobs.run(one);
    const first = await jobs.workers.next();
    await first.do('checkpoint on SIGTERM');
    cluster.ask('scontrol', 'requeue', jobs.ours()[0] ?? '');
    await first.gone;
    const second = await jobs.workers.next(first.id);
    expect(second.attempt).toBe(1);
    await second.succeed();
    expect((await ran).exitCode).toBe(0);
    expect(jobs.outcomes(first.id)).toEqual(['began', 'done']);
  });

  it('makes way for one of higher priority, and goes on afterwards', async () => {
    await jobs.run([...one, '--detach']);
    const first = await jobs.workers.next();
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
    await (await jobs.workers.next(first.id)).succeed();
    expect((await jobs.run(['wait'])).exitCode).toBe(0);
    expect(jobs.outcomes(first.id)).toEqual(['began', 'done']);
  });

  it('survives the death of the program that watches it', async () => {
    const watching = jobs.start(one);
    const worker = await jobs.workers.next();
    watching.kill('SIGKILL');
    await once(watching, 'exit');
    const next = jobs.start(one);
    await worker.succeed();
    expect(await once(next, 'exit')).toEqual([0, null]);
    expect(jobs.outcomes(worker.id).filter((line) => line !== 'adopted')).toEqual(['began', 'done']);
    expect(jobs.workers.count).toBe(1);
  });

  it('is asked for a checkpoint by Ctrl-C', async () => {
    const watching = jobs.start(one);
    const worker = await jobs.workers.next();
    await worker.do('checkpoint on SIGTERM');
    watching.kill('SIGINT');
    expect(await once(watching, 'exit')).toEqual([130, null]);
    expect(jobs.outcomes(worker.id)).toEqual(['began', 'stopped']);
    expect(cluster.jobs()).toEqual([]);
  });
});
