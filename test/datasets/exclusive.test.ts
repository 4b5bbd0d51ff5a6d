import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exclusively } from '../../datasets/exclusive.js';
import { processStart } from '../../datasets/process-start.js';
import { temporaryFolder } from './temporary-folder.js';

const owner = (pid: number, started: string, host = hostname()): string =>
  JSON.stringify({ host, pid, started, token: 'theirs' });

describe('exclusively', () => {
  it('lets one work at a time, and leaves no lock', async () => {
    const folder = await temporaryFolder();
    let working = 0;
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((who) =>
        exclusively(join(folder, 'lock'), async () => {
          working++;
          await new Promise((resolve) => setImmediate(resolve));
          order.push(who);
          expect(working).toBe(1);
          working--;
        }),
      ),
    );
    expect(order.sort()).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the lock back when the work fails', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    await expect(exclusively(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await exclusively(lock, () => Promise.resolve('yes'))).toBe('yes');
  });

  it('takes over from a process that is gone, and from one whose number another has now', async () => {
    const folder = await temporaryFolder();
    const child = spawn('true');
    const pid = child.pid ?? 0;
    await new Promise((resolve) => child.on('exit', resolve));
    for (const text of [owner(pid, 'whenever'), owner(process.pid, 'long before this process')]) {
      await writeFile(join(folder, 'lock'), text);
      expect(await exclusively(join(folder, 'lock'), () => Promise.resolve('mine'))).toBe('mine');
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it.each([
    ['a process of this machine that is at work', async () => owner(process.pid, await processStart(process.pid))],
    ['a process of another host that touched its lock just now', async () => owner(1, 'whenever', 'elsewhere')],
  ])('waits for %s, and stops waiting when told', async (_, text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), await text());
    const stop = AbortSignal.timeout(250);
    await expect(exclusively(join(folder, 'lock'), () => Promise.resolve('mine'), stop)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['lock']);
  });
});
