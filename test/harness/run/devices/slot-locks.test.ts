import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { lockSlots, type WaitForSlots } from '../../../../harness/run/devices/slot-locks.js';

const wait = (names: readonly string[], changes: Partial<WaitForSlots> = {}): WaitForSlots => ({
  names,
  self: `process ${process.pid} (table2)`,
  onWait: () => undefined,
  signal: new AbortController().signal,
  ...changes,
});

describe('a device slot', () => {
  it('is waited for, and whoever waits is told who has it', async () => {
    const slot = randomUUID();
    const first = await lockSlots(wait([slot]));
    const told: string[] = [];
    const second = lockSlots(
      wait([randomUUID(), slot], {
        onWait: (name, holder) => {
          told.push(name, holder);
          void first?.release();
        },
      }),
    );
    const locks = await second;
    expect(told).toEqual([slot, `process ${process.pid} (table2)`]);
    await locks?.release();
  });

  it('is not held by a run that still waits for another', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const first = await lockSlots(wait([one]));
    const stop = new AbortController();
    // It got `other`, found `one` taken, and let go of `other` again before it said so.
    const { waiting } = await new Promise<{ waiting: Promise<unknown> }>((resolve) => {
      const locks = lockSlots(wait([other, one], { signal: stop.signal, onWait: () => resolve({ waiting: locks }) }));
    });
    const free = await lockSlots(wait([other]));
    expect(free).not.toBeNull();
    stop.abort();
    expect(await waiting).toBeNull();
    await free?.release();
    await first?.release();
  });

  it('is free as soon as its process has been killed', async () => {
    const slot = randomUUID();
    const program = `require('net').createServer().listen('\\0reproduce-slot-${slot}', () => console.log('bound'))`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    let waited = false;
    const locks = await lockSlots(
      wait([slot], {
        onWait: () => {
          waited = true;
          holder.kill('SIGKILL');
        },
      }),
    );
    expect(waited).toBe(true);
    await locks?.release();
  });
});
