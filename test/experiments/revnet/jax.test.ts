/** JAX computes the same loss and gradients of the same weights, with units of its own that it differentiates as they stand. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackwardPass } from '../../../experiments/revnet/model/options.js';
import type { NetworkSpecification } from '../../../experiments/revnet/model/specification.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { encodeSafetensors, readSafetensors, type NamedTensor } from '../../../harness/kinds/training/safetensors.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { exampleBatch, largestDifference, type Gradients } from '../../harness/engine/gradients.js';
import { findTool, missingTool } from '../../tools.js';
import { build, gradientsOn, options, thin } from './model/networks.js';

/** Two float32 programs that add in other orders: a dozen layers and normalisations multiply some 1e-7. */
const tolerance = 1e-4;
const [batch, size] = [4, 8];

interface Case {
  readonly network: NetworkSpecification;
  readonly backward: BackwardPass;
}
const cases: readonly Case[] = (['basic', 'bottleneck'] as const).flatMap((unit) => [
  { network: thin(unit, 3, [8, 8, 12, 16], 'resnet'), backward: 'plain' },
  { network: thin(unit, 3), backward: 'reversible-4N' },
]);

describe.skipIf(missingTool('jax'))('JAX agrees on loss and every gradient to 1e-4 of their norm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revnet-oracle-'));
  const folderOf = (index: number): string => join(folder, String(index));

  beforeAll(() => {
    for (const [index, each] of cases.entries()) writeCase(folderOf(index), each);
    execFileSync(
      findTool('jax') ?? 'python3',
      [new URL('oracle.py', import.meta.url).pathname, ...cases.map((_, index) => folderOf(index))],
      // Compiling well takes XLA longer than computing these few images badly.
      { env: { ...process.env, XLA_FLAGS: '--xla_backend_optimization_level=0', JAX_PLATFORMS: 'cpu' } },
    );
  }, 300_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(
    cases.map((each, index) => ({ ...each, index, title: `${each.network.family}, ${each.network.unit} units` })),
  )('$title, $backward', async ({ network, backward, index }) => {
    const expected = readOutputs(folderOf(index));
    const engine = await openPlainEngine({ backend: 'cpu' });
    const actual = await gradientsOn(engine, build(network, { backward }), batch, size);
    engine.close();
    expect([...expected.byName.keys()].sort()).toEqual([...actual.byName.keys()].sort());
    const { name, relative } = largestDifference(actual, expected);
    expect(relative, name).toBeLessThan(tolerance);
    // JAX inverts its own units as well.
    for (const error of expected.inverted) expect(error).toBeLessThan(tolerance);
  });
});

function writeCase(own: string, { network }: Case): void {
  mkdirSync(own);
  const model = build(network);
  const values = initialise(model, 3);
  const { images, labels } = exampleBatch(batch, size);
  const { family, unit, unitsPerStage } = network;
  const facts = { family, unit, units: unitsPerStage, epsilon: options.batchNormEpsilon };
  writeFileSync(join(own, 'case.json'), JSON.stringify(facts));
  write(
    join(own, 'weights.safetensors'),
    model.parameters.map(({ name, shape }) => ({ name, shape, values: values.get(name) ?? new Float32Array() })),
  );
  write(join(own, 'batch.safetensors'), [
    { name: 'images', shape: [batch, size, size, 3], values: images },
    { name: 'labels', shape: [batch], values: Float32Array.from(labels) },
  ]);
}

function write(path: string, tensors: readonly NamedTensor[]): void {
  writeFileSync(path, Buffer.concat([...encodeSafetensors({ metadata: {}, tensors })]));
}

function readOutputs(own: string): Gradients & { readonly inverted: readonly number[] } {
  const { tensors } = readSafetensors(join(own, 'outputs.safetensors'));
  const named = (name: string) => tensors.find((tensor) => tensor.name === name)?.values ?? new Float32Array();
  const gradients = tensors.filter(({ name }) => name.startsWith('gradient/'));
  return {
    loss: named('loss')[0] ?? NaN,
    inverted: [...named('inverted')],
    byName: new Map(gradients.map(({ name, values }) => [name.slice('gradient/'.length), values])),
  };
}
