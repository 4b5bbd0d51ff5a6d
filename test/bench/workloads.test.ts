import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MeasuredProgram } from '../../bench/measured-program.js';
import { readWorkload, tinyWorkloads, workloads, writeWorkload } from '../../bench/workloads.js';
import { parameterCount } from '../../harness/network/parameters.js';
import { labelOf } from '../../harness/network/specification.js';
import { inProject } from '../../harness/project.js';
import { addonPlaces, addonReady } from '../../harness/setup/addon.js';
import { requireNativeLibrary } from '../../harness/setup/native-library.js';
import { longTier } from '../tier.js';

function written(workload: (typeof workloads)[number]): string {
  const folder = mkdtempSync(join(tmpdir(), 'workload-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeWorkload(folder, workload);
  return folder;
}

describe('the workloads', () => {
  it('are the five networks that the goals are about', () => {
    expect(workloads.map(({ network, batch }) => `${labelOf(network)}, ${batch}`)).toEqual([
      'WRN-13-2, 128',
      'WRN-37-1, 128',
      'WRN-13-4, 64',
      'WarpNet1-37-1, 128',
      'WarpNet2-37-1, 128',
    ]);
  });

  it('are read as they were written', () => {
    for (const workload of tinyWorkloads) {
      const read = readWorkload(written(workload));
      expect(read.images).toHaveLength(workload.batch * 32 * 32 * 3);
      expect(read.labels).toHaveLength(workload.batch);
      const size = [...read.initial.values()].reduce((sum, { length }) => sum + length, 0);
      expect(size).toBe(parameterCount(workload.network));
      expect(read.initial.get('stem/norm/scale')).toEqual(new Float32Array(16).fill(1));
    }
  });
});

/** Without a compiler the addon could not be built; CI has one. */
function addonMissing(): boolean {
  if (addonReady(requireNativeLibrary(), addonPlaces(''))) return false;
  if (longTier) throw new Error('CI needs the addon of tfjs-node-gpu');
  console.warn('skipped: the addon of tfjs-node-gpu is missing (make setup)');
  return true;
}

describe.skipIf(addonMissing())('the measured programs', () => {
  it('take the same first steps: the traced step and tf.layers', async () => {
    // WarpNet2 has everything that the other two have, but for `F2'x1`.
    for (const workload of longTier ? tinyWorkloads : tinyWorkloads.slice(-1)) {
      const folder = written(workload);
      const losses: (number | null)[][] = [];
      for (const name of ['traced', 'eager-layers']) {
        const path = inProject('dist', 'bench', 'programs', `${name}.js`);
        const { program, parameters } = await MeasuredProgram.start([process.execPath, path, folder]);
        expect(parameters).toBe(parameterCount(workload.network));
        losses.push([(await program.step()).loss, (await program.step()).loss]);
        expect(await program.end()).toBeGreaterThan(2 ** 20);
      }
      const [traced = [], layers = []] = losses;
      for (const [step, loss] of traced.entries()) {
        // Float32 sums in another order: 1e-6 of the first loss, some more after an update.
        expect(Math.abs((loss ?? Number.NaN) / (layers[step] ?? Number.NaN) - 1)).toBeLessThan(1e-4);
      }
      expect(traced[1]).toBeLessThan(traced[0] ?? 0);
    }
  }, 120_000);
});
