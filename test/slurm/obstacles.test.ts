/** What keeps a job of a real Slurm from its end: queues, limits, refusals, a controller that is away. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readLeases } from '../../harness/store/lease.js';
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

  it('that waits leaves the queue when it is cancelled', async () => {
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=drain', 'Reason=test');
    try {
      await jobs.run([...one, '--detach']);
      await cluster.until('it waits', () => cluster.jobs().some((line) => line.includes('PENDING')));
      expect((await jobs.run(['status'])).output).toMatch(/nodes that are down, drained or reserved: `sinfo -R`/);
      cluster.ask('scontrol', 'hold', jobs.ours()[0] ?? '');
      await cluster.until('it is held', () => cluster.jobs().some((line) => line.includes('JobHeld')));
      expect((await jobs.run(['status'])).output).toMatch(/Job \d+_0 is held/);
      await jobs.run(['cancel']);
      expect(cluster.jobs()).toEqual([]);
      expect((await jobs.run(['status'])).output).toContain('0 done, 1 interrupted');
    } finally {
      cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    }
  });

  it('puts itself back into the queue when its time is nearly up, unless it got nowhere', async () => {
    const ran = jobs.run(one);
    const first = await jobs.workers.next();
    await first.do('event', { event: { type: 'checkpointed', step: 1 } });
    await first.do('checkpoint on SIGTERM');
    cluster.ask('scancel', '--batch', '--signal=USR1', jobs.ours()[0] ?? '');
    await first.gone;
    const second = await jobs.workers.next(first.id);
    await second.do('checkpoint on SIGTERM');
    // Its only sign of life is `stopped` at the step it began with.
    cluster.ask('scancel', '--batch', '--signal=USR1', jobs.ours()[0] ?? '');
    await second.gone;
    const third = await jobs.workers.next(first.id);
    expect(third.attempt).toBe(2);
    await third.succeed();
    expect((await ran).messages).toContain('[TIME_LIMIT]');
    expect(jobs.outcomes(first.id)).toEqual(['began', 'failed', 'began', 'done']);
  });

  it('that somebody takes out of the queue is said to be cancelled, and not tried again', async () => {
    const ran = jobs.run(one);
    const worker = await jobs.workers.next();
    cluster.ask('scancel', jobs.ours()[0] ?? '');
    await worker.gone;
    expect(await ran).toMatchObject({
      exitCode: 2,
      messages: expect.stringMatching(/Job \d+_0 was cancelled in Slurm/) as string,
    });
    expect(jobs.outcomes(worker.id)).toEqual(['began', 'failed']);
  });

  it('loses nothing while the controller is away', async () => {
    const ran = jobs.run(both);
    const there = [await jobs.workers.next(), await jobs.workers.next()];
    await cluster.stopController();
    await Promise.all(there.map((worker) => worker.succeed()));
    for (const { id } of there) expect(jobs.program.store.state(id)).toBe('done');
    cluster.startController();
    expect((await ran).exitCode).toBe(0);
    for (const { id } of there) expect(jobs.outcomes(id)).toEqual(['began', 'done']);
    expect(jobs.workers.count).toBe(2);
  });

  it('is not begun by a job whose lease is gone', async () => {
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=drain', 'Reason=test');
    await jobs.run([...one, '--detach']);
    const [id = ''] = jobs.program.store.ids();
    const folder = jobs.program.store.folder(id);
    const log = () => {
      const slurm = join(jobs.program.reports, 'slurm');
      const [name = ''] = readdirSync(slurm).filter((file) => file.startsWith('reproduce-'));
      return readFileSync(join(slurm, name, '0.log'), 'utf8');
    };
    const [lease] = readLeases(folder);
    if (!lease) throw new Error('no lease');
    jobs.program.store.end({ id, folder, lease }, { outcome: 'stopped' }, null);
    cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    await cluster.until('the job has ended', () => cluster.jobs().length === 0);
    expect(jobs.workers.count).toBe(0);
    expect(log()).toContain('its lease is gone');
  });

  it('that could not be launched is held, with the way out', async () => {
    // A node whose spool folder is gone cannot launch anything.
    renameSync(join(cluster.folder, 'spool'), join(cluster.folder, 'spool.away'));
    try {
      await jobs.run([...one, '--detach']);
      await cluster.until('it is held', () => cluster.jobs().some((line) => line.includes('held')));
      expect((await jobs.run(['status'])).output).toMatch(
        /could not be launched on its node and is held: see `sinfo -R`/,
      );
    } finally {
      renameSync(join(cluster.folder, 'spool.away'), join(cluster.folder, 'spool'));
      cluster.ask('scontrol', 'update', 'NodeName=n0', 'State=resume');
    }
    cluster.ask('scontrol', 'release', jobs.ours()[0] ?? '');
    await (await jobs.workers.next()).succeed();
    expect((await jobs.run(['wait'])).exitCode).toBe(0);
  });

  it('that Slurm refuses is told in its words', async () => {
    writeFileSync(jobs.site, 'partition: nowhere\n');
    const ran = await jobs.run(one);
    expect(ran.exitCode).toBe(2);
    expect(ran.messages).toMatch(/[Ii]nvalid partition.*\[SLURM_REFUSED\]/s);
    const detached = await jobs.run([...one, '--detach']);
    expect(detached).toMatchObject({ exitCode: 1, messages: expect.stringMatching(/[Ii]nvalid partition/) as string });
    expect(jobs.program.store.ids().map((id) => jobs.program.store.state(id))).toEqual(['interrupted']);
  });
});
