import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Paper } from '../../../harness/plan/paper/paper.js';
import { stepSizes } from '../../../harness/project/step-size.js';
import { StepSizes } from '../../../harness/project/step-sizes.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';

const protocol = warpnetFolder().protocol('paper');
const network = warpnetNetwork({ family: 'wrn', unitsPerStage: 3, kw: 1, classes: 10 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sizes-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The paper, and how often its models were loaded. */
function counted(): { readonly paper: Paper; loads: () => number } {
  let loads = 0;
  const loadModels = async (): Promise<void> => {
    loads++;
    await warpnet.loadModels();
  };
  return { paper: { ...warpnet, loadModels }, loads: () => loads };
}

async function ask(papers: readonly Paper[], cache: string | null = folder) {
  const sizes = new StepSizes(papers, cache);
  return await sizes.answer(() => sizes.sizeOf(network, protocol, 16));
}

const onlyFile = (): string => join(folder, readdirSync(folder)[0] ?? 'none');

describe('sizes of steps that are kept', () => {
  it('are those of the graph, counted once and never again', async () => {
    const { paper, loads } = counted();
    const first = await ask([paper]);
    expect(loads()).toBe(1);
    expect(first).toEqual(stepSizes()(network, protocol, 16));
    expect(await ask([paper])).toEqual(first);
    expect(loads()).toBe(1);
  });

  it('are of the options too: another protocol is counted for itself', async () => {
    const { paper, loads } = counted();
    await ask([paper]);
    const sizes = new StepSizes([paper], folder);
    const other = warpnetFolder().protocol('released-code');
    const size = await sizes.answer(() => sizes.sizeOf(network, other, 16));
    expect(size).toEqual(stepSizes()(network, other, 16));
    expect(loads()).toBe(2);
  });

  it('are kept whenever they were asked for, also once the models are loaded', async () => {
    const { paper, loads } = counted();
    const wider = warpnetNetwork({ family: 'wrn', unitsPerStage: 3, kw: 2, classes: 10 });
    const sizes = new StepSizes([paper], folder);
    await sizes.answer(() => sizes.sizeOf(network, protocol, 16));
    await sizes.answer(() => sizes.sizeOf(wider, protocol, 16));
    expect(loads()).toBe(1);
    const next = new StepSizes([paper], folder);
    await next.answer(() => [network, wider].map((one) => next.sizeOf(one, protocol, 16)));
    expect(loads()).toBe(1);
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, -9)],
    ['has a changed digit', (text: string) => text.replace(/"flops":(\d)/, '"flops":9$1')],
  ])('are counted anew where their file %s', async (_, damage) => {
    const { paper, loads } = counted();
    const first = await ask([paper]);
    writeFileSync(onlyFile(), damage(readFileSync(onlyFile(), 'utf8')));
    expect(await ask([paper])).toEqual(first);
    expect(loads()).toBe(2);
    // And the file is sound again.
    await ask([paper]);
    expect(loads()).toBe(2);
  });

  it('are no obstacle where nothing can be kept', async () => {
    const { paper } = counted();
    writeFileSync(join(folder, 'file'), '');
    const size = stepSizes()(network, protocol, 16);
    expect(await ask([paper], join(folder, 'file', 'below'))).toEqual(size);
    expect(await ask([paper], '/proc/nowhere')).toEqual(size);
    expect(await ask([paper], null)).toEqual(size);
  });

  it('are not kept of a family that two papers have, which may mean two networks', async () => {
    const { paper } = counted();
    await ask([paper, { ...paper, id: 'another' }]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
