/** A full disk at every write, and a folder that cannot be written. */
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../../../harness/core/files/atomic-write.js';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { trainingJob } from './jobs.js';
import { Scheduling } from './scheduling.js';

/** A file system of its own, 1 MB large; undefined where this user may not mount one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    console.warn('skipped: the tests of a full disk need the right to mount a tmpfs');
    return undefined;
  }
}

const disk = mountSmallDisk();
const filler = join(disk ?? '', 'filler');

function fill(): void {
  const file = openSync(filler, 'w');
  const page = Buffer.alloc(4096);
  try {
    for (;;) writeSync(file, page);
  } catch {
    closeSync(file);
  }
}

const free = () => rmSync(filler, { force: true });

afterAll(() => {
  if (disk === undefined) return;
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
});

describe.skipIf(disk === undefined)('a disk that is full', () => {
  let scheduling: Scheduling;
  beforeEach(async () => {
    free();
    scheduling = await Scheduling.open(mkdtempSync(join(disk ?? '', 'runs-')));
  });
  afterEach(async () => {
    free();
    await scheduling.close();
  });

  /** Of a run on a full disk: no attempt counts as done without a result, and the next run finishes the job, once. */
  async function expectNothingLost(): Promise<void> {
    free();
    scheduling.onStep = () => undefined;
    const again = scheduling.run([trainingJob('a')]);
    if (scheduling.store.state('a') !== 'done') await (await scheduling.workers.next('a')).succeed();
    expect((await again).done).toEqual(['a']);
    const folder = scheduling.store.folder('a');
    const done = readAttempts(folder).filter((line) => line.type === 'ended' && line.outcome === 'done');
    expect(done.length).toBeLessThanOrEqual(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('lease'))).toEqual([]);
  }

  it('before anything: the first job says so, and the others are not tried', async () => {
    fill();
    const { failed, unfinished } = await scheduling.run([trainingJob('a'), trainingJob('b'), trainingJob('c')], {
      slots: 1,
    });
    expect(failed.get('a')).toMatchObject({ kind: 'not-started', code: 'DISK_FULL' });
    expect(unfinished).toEqual(['b', 'c']);
    await expectNothingLost();
  });

  it.each(['claimed', 'began', 'invalidated', 'prepared', 'spawned'])(
    'at "%s" before the worker runs',
    async (step) => {
      scheduling.onStep = (reached) => {
        if (reached === step) fill();
      };
      const { failed } = await scheduling.run([trainingJob('a')]);
      expect(failed.get('a')).toMatchObject({ code: 'DISK_FULL', hint: expect.stringContaining('clean') as string });
      expect(scheduling.workers.count).toBe(0);
      await expectNothingLost();
    },
  );

  it('after the worker has written its result: the result counts', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    await worker.do('result');
    fill();
    await worker.exit(0);
    expect((await run).done).toEqual(['a']);
    await expectNothingLost();
  });

  it('when a failure is to be written: it is reported all the same', async () => {
    const run = scheduling.run([trainingJob('a')]);
    const worker = await scheduling.workers.next('a');
    fill();
    await worker.exit(1);
    expect((await run).failed.get('a')).toMatchObject({ kind: 'exit' });
    expect(scheduling.told('warning').length).toBeGreaterThan(0);
    await expectNothingLost();
  });

  it.each(['with its reason', 'without room for a reason'])(
    'in a worker that ends %s: it is said, not retried, and the others are not tried',
    async (how) => {
      const jobs = ['a', 'b', 'c'].map((id) => trainingJob(id));
      const run = scheduling.run(jobs, { slots: 1, policy: { attempts: 3 } });
      const worker = await scheduling.workers.next('a');
      if (how === 'with its reason') await worker.do('failure', { failure: { code: 'DISK_FULL' } });
      await worker.exit(how === 'with its reason' ? 3 : 4);
      const { failed, unfinished } = await run;
      expect(failed.get('a')).toMatchObject({ kind: 'problem', code: 'DISK_FULL' });
      expect(unfinished).toEqual(['b', 'c']);
      expect(scheduling.workers.count).toBe(1);
      await expectNothingLost();
    },
  );

  it('leaves the old version of a file whole', () => {
    const path = join(scheduling.root, 'file');
    writeAtomically(path, 'old');
    fill();
    expect(() => writeAtomically(path, 'x'.repeat(100_000))).toThrow(expect.objectContaining({ code: 'DISK_FULL' }));
    free();
    expect(readdirSync(scheduling.root)).toEqual(['file']);
  });
});

/** Root may write everywhere, but not on a file system that is mounted read-only. */
describe.skipIf(disk === undefined)('a folder that cannot be written', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'read-only-'));
    mkdirSync(join(folder, 'mount'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', join(folder, 'mount')]);
  });
  afterAll(() => {
    execFileSync('umount', ['-l', join(folder, 'mount')]);
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });

  it('is named, with the way out, and no other job is tried', async () => {
    const scheduling = await Scheduling.open(join(folder, 'mount', 'runs'));
    try {
      const { failed, unfinished } = await scheduling.run([trainingJob('a'), trainingJob('b')], { slots: 1 });
      expect(failed.get('a')).toMatchObject({
        code: 'NOT_WRITABLE',
        message: expect.stringContaining(scheduling.root) as string,
        hint: expect.stringContaining('--reports-folder') as string,
      });
      expect(unfinished).toEqual(['b']);
    } finally {
      await scheduling.workers.close();
    }
  });
});
