import { closeSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { openIfThere } from '../../../../harness/core/files/open-regular.js';

const folder = mkdtempSync(join(tmpdir(), 'open-regular-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Makes and deletes a file, again and again, in another thread. */
const flicker = `
  const { renameSync, rmSync, writeFileSync } = require('node:fs');
  const { workerData: path } = require('node:worker_threads');
  for (;;) {
    writeFileSync(path + '.new', 'x');
    renameSync(path + '.new', path);
    rmSync(path);
  }`;

describe('a file is opened, or there is none', () => {
  it('also while another process makes and deletes it', async () => {
    const path = join(folder, 'flickers');
    const worker = new Worker(flicker, { eval: true, workerData: path });
    let [there, notThere] = [0, 0];
    try {
      const end = Date.now() + 10_000;
      while ((there < 2000 || notThere < 2000) && Date.now() < end) {
        const file = openIfThere(path);
        if (file === undefined) notThere += 1;
        else closeSync(file);
        if (file !== undefined) there += 1;
      }
    } finally {
      await worker.terminate();
    }
    expect(there).toBeGreaterThan(0);
    expect(notThere).toBeGreaterThan(0);
  });

  it('a link to nothing is neither', () => {
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'nowhere'), link);
    expect(() => openIfThere(link)).toThrow('link cannot be read: it is a link to nothing');
  });
});
