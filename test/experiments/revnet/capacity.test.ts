/** What fits a memory, plain against reversible. */
import { beforeAll, describe, expect, it } from 'vitest';
import { capacityOf, stepBytes } from '../../../experiments/revnet/capacity/capacity.js';
import { parseMemory } from '../../../experiments/revnet/commands/capacity.js';
import { revnet } from '../../../experiments/revnet/index.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import type { Protocol } from '../../../harness/plan/profile/protocol.js';

beforeAll(() => revnet.loadModels());

const paper = new ExperimentFolder(revnet).protocol('paper');
const under = (backward: string): Protocol => ({ ...paper, backward });
const layers = (units: number): number => 12 * units + 2;

describe('the deepest network and the largest batch', () => {
  const wanted = { bytes: 60e6, batch: 4, depth: 38 };

  it('plain: fit, and one unit or one image more does not', () => {
    const { units, largestBatch } = capacityOf(under('plain'), wanted);
    const peak = (deeper: number) => stepBytes(under('plain'), layers((units ?? NaN) + deeper), wanted.batch);
    expect(peak(0)).toBeLessThanOrEqual(wanted.bytes);
    expect(peak(1)).toBeGreaterThan(wanted.bytes);
    const atBatch = (more: number) => stepBytes(under('plain'), wanted.depth, (largestBatch ?? NaN) + more);
    expect(atBatch(0)).toBeLessThanOrEqual(wanted.bytes);
    expect(atBatch(1)).toBeGreaterThan(wanted.bytes);
  });

  it('reversible: deeper, and a larger batch; beyond what is traced on the line that depths lie on', () => {
    const plain = capacityOf(under('plain'), wanted);
    const reversible = capacityOf(under('reversible-4N'), wanted);
    expect(reversible.layers).toBe(layers(reversible.units ?? NaN));
    expect(reversible.units).toBeGreaterThan(plain.units ?? NaN);
    expect(reversible.largestBatch).toBeGreaterThan(plain.largestBatch ?? NaN);
    // With more memory it is a network that it did not trace.
    const bytes = 80e6;
    const deeper = capacityOf(under('reversible-4N'), { ...wanted, bytes });
    const units = deeper.units ?? NaN;
    expect(units).toBeGreaterThan(deeper.traced);
    expect(stepBytes(under('reversible-4N'), layers(units), 4)).toBeLessThanOrEqual(bytes);
    expect(stepBytes(under('reversible-4N'), layers(units + 1), 4)).toBeGreaterThan(bytes);
  });

  it('are none where not even the smallest fits', () => {
    expect(capacityOf(under('plain'), { ...wanted, bytes: 1e6 })).toMatchObject({ layers: null, largestBatch: null });
  });
});

it.each([
  ['500MB', 5e8],
  ['2GB', 2e9],
  ['1.5 GB', 1.5e9],
])('%s is an amount of memory', (text, bytes) => {
  expect(parseMemory(text)).toBe(bytes);
});

it.each(['2', 'GB', '-1GB', '2gb', '1e3MB'])('%s is none', (text) => {
  expect(() => parseMemory(text)).toThrow(expect.objectContaining({ code: 'CAPACITY_INVALID' }));
});
