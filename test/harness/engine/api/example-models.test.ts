/** The models of tfjs's examples train as they do in eager tfjs-node. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import { openEngine, type GraphEngine } from '../../../../harness/engine/index.js';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';
import { longTier } from '../../../tier.js';
import { exampleModels, sameWeights, variationalAutoEncoder } from './example-models.js';

/** Both compute in float32 in another order; a wrong gradient shows as 1e-2 at once. */
const tolerance = 1e-4;
const steps = 20;

let engine: GraphEngine;
/** Whether tfjs-node-gpu's addon is there; else tfjs's own backend is the reference, for the small models. */
let eager = true;

beforeAll(async () => {
  // Adam divides a gradient by its size: where it is all but 0, convolutions that round otherwise turn a weight the other way.
  vi.stubEnv('WARPNET_WINOGRAD', '0');
  engine = await openEngine({ devices: 'cpu' });
  try {
    (await openPlainEngine({ backend: 'tensorflow' })).close();
  } catch (error) {
    if (longTier || !(error instanceof Problem)) throw error;
    console.warn(`skipped: eager tfjs-node: ${error.message}`);
    eager = false;
  }
  await tf.setBackend(eager ? 'tensorflow' : 'cpu');
});

afterAll(() => {
  engine.close();
  vi.unstubAllEnvs();
});

async function lossesOf(step: () => Promise<number | number[]>): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push([await step()].flat()[0] ?? Number.NaN);
  return losses;
}

function expectSameLosses(actual: readonly number[], expected: readonly number[]): void {
  for (const [step, loss] of expected.entries())
    expect(Math.abs((actual[step] ?? Number.NaN) / loss - 1), `step ${step}`).toBeLessThan(tolerance);
  // They do train.
  expect(actual.at(-1)).toBeLessThan(actual[0] ?? 0);
}

describe(`losses of ${steps} steps are those of eager tfjs-node to 1e-4`, () => {
  it.each(exampleModels)(
    '$name',
    async ({ name, model, optimizer, loss, batch }) => {
      if (!eager && !['iris', 'Boston housing'].includes(name)) return;
      const { x, y } = batch();
      sameWeights();
      const plain = model();
      plain.compile({ optimizer: optimizer(), loss });
      const expected = await lossesOf(() => plain.trainOnBatch(x, y));
      sameWeights();
      const training = engine.train(model(), { optimizer: optimizer(), loss });
      expectSameLosses(await lossesOf(() => training.trainOnBatch(x, y)), expected);
      expect(training.traceCount).toBe(1);
    },
    240_000,
  );

  it('variational auto-encoder', async () => {
    const x = tf.randomUniform<tf.Rank.R2>([32, 784], 0, 1, 'float32', 5);
    const prepare = () => {
      sameWeights();
      const { variables, loss } = variationalAutoEncoder();
      const optimizer = tf.train.adam(0.001);
      return (batch: tf.Tensor2D) => optimizer.minimize(() => loss(batch), true, variables) as tf.Scalar;
    };
    const plain = prepare();
    const expected = await lossesOf(async () => plain(x).dataSync()[0] ?? Number.NaN);
    const traced = engine.function(prepare());
    expectSameLosses(await lossesOf(async () => (await traced(x)).dataSync()[0] ?? Number.NaN), expected);
  }, 60_000);
});
