import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { busyCards, describeBusyCard } from '../../../../harness/run/devices/busy-cards.js';
import { detectHardware } from '../../../../harness/run/devices/machine.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smi-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An nvidia-smi that answers every query with these lines. */
function pretend(...lines: string[]): void {
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
}

describe('cards', () => {
  it('that other programs use are named', async () => {
    pretend('0, GPU-a, Card X, 16384, 550.54, 500, 15884', '1, GPU-b, Card X, 16384, 550.54, 12288, 4096');
    const busy = await busyCards(['GPU-a', 'GPU-b']);
    expect(busy.map(({ uuid }) => uuid)).toEqual(['GPU-b']);
    expect(busy.map((card) => describeBusyCard(card, 1))).toEqual([
      'GPU 1 (Card X): 12.0 of 16.0 GiB are in use by other programs',
    ]);
  });

  it('of which nvidia-smi says nothing are taken to be free', async () => {
    pretend('[Not Supported]');
    expect(await busyCards(['GPU-a'])).toEqual([]);
    expect(await busyCards([])).toEqual([]);
  });

  it('are found with their models, and without one the machine has none', async () => {
    pretend('0, GPU-a, Card X, 16384, 550.54', '1, GPU-b, Card X, 16384, 550.54');
    expect((await detectHardware({ ...process.env, CUDA_VISIBLE_DEVICES: '1' })).gpus).toMatchObject([
      { uuid: 'GPU-b', model: 'Card X' },
    ]);
    vi.stubEnv('PATH', folder);
    rmSync(join(folder, 'nvidia-smi'));
    expect((await detectHardware({ ...process.env })).gpus).toEqual([]);
  });
});
