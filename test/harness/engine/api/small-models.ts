/** Small models of `tf.layers`, and what they are held to. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/**
 * Both compute in float32 and add in another order, by about 1e-7 of a sum; twenty steps multiply that. A wrong term of an update is
 * 1e-2 of a loss at once.
 */
export const tolerance = 1e-4;

export const glorot = (seed: number) => tf.initializers.glorotNormal({ seed });

export function classifier(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4], kernelInitializer: glorot(3) }),
      tf.layers.batchNormalization(),
      tf.layers.dropout({ rate: 0.3, seed: 5 }),
      tf.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: glorot(4),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
    ],
  });
}

export const flowers = () => tf.randomNormal<tf.Rank.R2>([30, 4], 0, 1, 'float32', 1);
export const kinds = () =>
  tf.oneHot(tf.randomUniform<tf.Rank.R1>([30], 0, 3, 'int32', 2), 3).cast<tf.Tensor2D>('float32');
export const compiled = { loss: 'categoricalCrossentropy', metrics: ['accuracy'] };

/** Losses and metrics of so many steps on one batch, one step a row. */
export async function steps(
  count: number,
  one: { trainOnBatch(x: tf.Tensor, y: tf.Tensor): Promise<number | number[]> },
  x: tf.Tensor,
  y: tf.Tensor,
): Promise<number[]> {
  const rows = [];
  for (let step = 0; step < count; step++) rows.push([await one.trainOnBatch(x, y)].flat());
  return rows.flat();
}

export function expectAlike(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const gaps = expected.map(
    (value, index) => Math.abs(value - (actual[index] ?? Number.NaN)) / Math.max(1e-3, Math.abs(value)),
  );
  expect(Math.max(...gaps)).toBeLessThan(tolerance);
}
