/** An outside oracle: JAX computes the same logits, loss and gradients from the same checkpoint, with operators of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTracedEngine, type TracedEngine } from '../../harness/engine/traced/index.js';
import { initialise } from '../../harness/model/initialisation.js';
import { buildModel } from '../../experiments/warpnet/model/network.js';
import { isChain, unitsPerStage } from '../../experiments/warpnet/model/specification.js';
import { encodeSafetensors, readSafetensors, type NamedTensor } from '../../harness/kinds/training/safetensors.js';
import { engineCases, type EngineCase } from '../harness/engine/cases.js';
import { exampleBatch, gradientsOn, largestDifference, type Gradients } from '../harness/engine/gradients.js';
import { findTool, missingTool } from '../tools.js';

/** Two float32 programs that add in other orders; see agreement.test.ts. */
const tolerance = 1e-4;
const batch = 4;
const size = 8;

let engine: TracedEngine;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oracle-'));
  engine = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

function write(path: string, tensors: readonly NamedTensor[]): void {
  writeFileSync(path, Buffer.concat([...encodeSafetensors({ metadata: {}, tensors })]));
}

/** Writes what JAX needs for a case; returns its folder. */
function writeCase({ network, options, layout }: EngineCase, index: number): string {
  const own = join(folder, String(index));
  mkdirSync(own);
  const model = buildModel(network, options, layout);
  const values = initialise(model, 3);
  const { images, labels } = exampleBatch(batch, size);
  const facts = {
    family: network.family,
    K: isChain(network) ? 1 : network.K,
    units: unitsPerStage(network),
    kw: network.kw,
    derivative: options.derivative,
    epsilon: options.batchNormEpsilon,
  };
  writeFileSync(join(own, 'case.json'), JSON.stringify(facts));
  write(
    join(own, 'checkpoint.safetensors'),
    model.parameters.map(({ name, shape }) => ({ name, shape, values: values.get(name) ?? new Float32Array() })),
  );
  write(join(own, 'batch.safetensors'), [
    { name: 'images', shape: [batch, size, size, 3], values: images },
    { name: 'labels', shape: [batch], values: Float32Array.from(labels) },
  ]);
  return own;
}

function readOutputs(own: string): Gradients {
  const { tensors } = readSafetensors(join(own, 'outputs.safetensors'));
  const gradients = tensors.filter(({ name }) => name.startsWith('gradient/'));
  return {
    loss: tensors.find(({ name }) => name === 'loss')?.values[0] ?? NaN,
    byName: new Map(gradients.map(({ name, values }) => [name.slice('gradient/'.length), values])),
  };
}

// BN from separate operations is held to the fused one by agreement.test.ts.
const cases = engineCases(1).filter(({ options }) => options.batchNorm === 'fused');

describe.skipIf(missingTool('jax'))('JAX agrees on loss and every gradient to 1e-4 of their norm', () => {
  let folders: string[];
  beforeAll(() => {
    folders = cases.map(writeCase);
    // Compiling well takes XLA longer than computing these few images badly.
    execFileSync(findTool('jax') ?? 'python3', [new URL('oracle.py', import.meta.url).pathname, ...folders], {
      env: { ...process.env, XLA_FLAGS: '--xla_backend_optimization_level=0', JAX_PLATFORMS: 'cpu' },
    });
  }, 300_000);

  it.each(cases.map((example, index) => ({ ...example, index })))('$title', async (example) => {
    const expected = readOutputs(folders[example.index] ?? '');
    const actual = await gradientsOn(engine, example, batch, size);
    expect([...expected.byName.keys()].sort()).toEqual([...actual.byName.keys()].sort());
    const { name, relative } = largestDifference(actual, expected);
    expect(relative, name).toBeLessThan(tolerance);
  });
});
