import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exclusively } from '../../datasets/download/exclusive.js';
import { temporaryFolder } from './support/temporary-folder.js';

const mine = () => Promise.resolve('mine');

/** Another process that holds the lock until it is told to let go. */
async function holder(lock: string): Promise<{ letGo(): void; kill(): void }> {
  await writeFile(lock, '4711\n');
  const child = spawn('flock', [lock, 'sh', '-c', 'echo held; read x'], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { letGo: () => void child.stdin.end('\n'), kill: () => void child.stdin.destroy() };
}

describe('exclusively', () => {
  it('lets one work at a time, and leaves no lock', async () => {
    const folder = await temporaryFolder();
    let working = 0;
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((who) =>
        exclusively(
          join(folder, 'lock'),
          'working',
          async () => {
            working++;
            await new Promise((resolve) => setImmediate(resolve));
            order.push(who);
            expect(working).toBe(1);
            working--;
          },
          { notice: () => undefined },
        ),
      ),
    );
    expect(order.sort()).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the lock back when the work fails', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    await expect(exclusively(lock, 'working', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await exclusively(lock, 'working', mine)).toBe('mine');
  });

  it('takes what a process that is gone has left, whatever it says', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), `${process.pid}\n`);
    expect(await exclusively(join(folder, 'lock'), 'working', mine)).toBe('mine');
    expect(await readdir(folder)).toEqual([]);
  });

  it('waits for another process, and says for whom and since when', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    const other = await holder(lock);
    const told: string[] = [];
    const done = await exclusively(lock, 'fetching cifar10', mine, {
      notice: (text) => {
        told.push(text);
        other.letGo();
      },
    });
    expect(done).toBe('mine');
    expect(told).toEqual([
      expect.stringMatching(/^waiting for another process that is fetching cifar10 \(process 4711, since \d\d:\d\d\)$/),
    ]);
  });

  it('stops waiting when told, and leaves the other its lock', async () => {
    const folder = await temporaryFolder();
    await holder(join(folder, 'lock'));
    const stop = new AbortController();
    await expect(
      exclusively(join(folder, 'lock'), 'working', mine, { signal: stop.signal, notice: () => stop.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a link that leads nowhere', (path: string) => symlink('/nowhere/at/all', path)],
    ['a named pipe', async (path: string) => void execFileSync('mkfifo', [path])],
  ])('%s where the lock goes is said, at once', async (_, make) => {
    const lock = join(await temporaryFolder(), 'lock');
    await make(lock);
    await expect(exclusively(lock, 'working', mine)).rejects.toMatchObject({
      code: 'FILE_TROUBLE',
      message: expect.stringContaining(`Cannot lock ${lock}`) as string,
    });
  });
});
