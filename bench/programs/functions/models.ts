/** Two models of `tf.layers` as their users train them: a convolutional network on MNIST's shapes, and a dense one. */
import * as tf from '@tensorflow/tfjs';

export interface LayersWorkload {
  readonly batch: number;
  /** Examples of one epoch. */
  readonly examples: number;
  readonly make: () => tf.Sequential;
}

const { layers } = tf;
const { glorotUniform } = tf.initializers;

export const layersWorkloads: Readonly<Record<string, LayersWorkload>> = {
  'MNIST convolutional': {
    batch: 128,
    examples: 1280,
    make: () =>
      tf.sequential({
        layers: [
          layers.conv2d({
            filters: 32,
            kernelSize: 3,
            activation: 'relu',
            inputShape: [28, 28, 1],
            kernelInitializer: glorotUniform({ seed: 1 }),
          }),
          layers.conv2d({
            filters: 32,
            kernelSize: 3,
            activation: 'relu',
            kernelInitializer: glorotUniform({ seed: 2 }),
          }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({
            filters: 64,
            kernelSize: 3,
            activation: 'relu',
            kernelInitializer: glorotUniform({ seed: 3 }),
          }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 128, activation: 'relu', kernelInitializer: glorotUniform({ seed: 4 }) }),
          layers.dense({ units: 10, activation: 'softmax', kernelInitializer: glorotUniform({ seed: 5 }) }),
        ],
      }),
  },
  'three dense layers': {
    batch: 32,
    examples: 1600,
    make: () =>
      tf.sequential({
        layers: [
          layers.dense({
            units: 128,
            activation: 'relu',
            inputShape: [784],
            kernelInitializer: glorotUniform({ seed: 1 }),
          }),
          layers.dense({ units: 128, activation: 'relu', kernelInitializer: glorotUniform({ seed: 2 }) }),
          layers.dense({ units: 10, activation: 'softmax', kernelInitializer: glorotUniform({ seed: 3 }) }),
        ],
      }),
  },
};

/** Made-up images and classes, the same in every process. */
export function examplesOf(model: tf.Sequential, count: number): { readonly x: tf.Tensor; readonly y: tf.Tensor } {
  const shape = (model.inputs[0]?.shape ?? []).slice(1) as number[];
  const classes = tf.randomUniform<tf.Rank.R1>([count], 0, 10, 'int32', 2);
  return { x: tf.randomUniform([count, ...shape], 0, 1, 'float32', 1), y: tf.oneHot(classes, 10).cast('float32') };
}
