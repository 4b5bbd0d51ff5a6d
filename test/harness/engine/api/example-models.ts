/** The networks of tfjs's own examples, with initial weights and random numbers from seeds, and made-up data of their shapes. */
import * as tf from '@tensorflow/tfjs';

let seeds = 0;
const init = () => tf.initializers.glorotUniform({ seed: (seeds += 1) });
const images = (...shape: number[]) => tf.randomUniform(shape, 0, 1, 'float32', 5);
const oneHot = (count: number, classes: number) =>
  tf.oneHot(tf.randomUniform<tf.Rank.R1>([count], 0, classes, 'int32', 6), classes).cast('float32');

const { layers } = tf;
const conv = (filters: number, kernelSize: number, more: Partial<Parameters<typeof layers.conv2d>[0]> = {}) =>
  layers.conv2d({ filters, kernelSize, activation: 'relu', kernelInitializer: init(), ...more });
const dense = (units: number, more: Partial<Parameters<typeof layers.dense>[0]> = {}) =>
  layers.dense({ units, kernelInitializer: init(), ...more });
const softmax = { activation: 'softmax' } as const;
const pool = () => layers.maxPooling2d({ poolSize: 2, strides: 2 });
const drop = (rate: number) => layers.dropout({ rate, seed: 1 });

/** A model with what it is trained by. */
export interface ExampleModel {
  readonly name: string;
  readonly model: () => tf.LayersModel;
  readonly optimizer: () => tf.Optimizer;
  readonly loss: string;
  readonly batch: () => { readonly x: tf.Tensor; readonly y: tf.Tensor };
}

/** A depthwise and a pointwise convolution, each with batch normalisation and ReLU6. */
function separable(filters: number, strides: number): tf.layers.Layer[] {
  const normalised = () => [layers.batchNormalization(), layers.reLU({ maxValue: 6 })];
  const depthwiseInitializer = init();
  return [
    layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false, depthwiseInitializer }),
    ...normalised(),
    layers.conv2d({ filters, kernelSize: 1, useBias: false, kernelInitializer: init() }),
    ...normalised(),
  ];
}

/** MobileNet of width 0.25 (Howard et al., 2017, table 1). */
function mobileNet(size: number, classes: number): tf.LayersModel {
  const width = (channels: number) => channels / 4;
  const first = { inputShape: [size, size, 3], strides: 2, padding: 'same' as const, useBias: false };
  const rest: [number, number][] = [
    ...([
      [64, 1],
      [128, 2],
      [128, 1],
      [256, 2],
      [256, 1],
      [512, 2],
    ] as [number, number][]),
    ...Array.from({ length: 5 }, (): [number, number] => [512, 1]),
    ...([
      [1024, 2],
      [1024, 1],
    ] as [number, number][]),
  ];
  return tf.sequential({
    layers: [
      layers.conv2d({ filters: width(32), kernelSize: 3, kernelInitializer: init(), ...first }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      ...rest.flatMap(([filters, strides]) => separable(width(filters), strides)),
      layers.globalAveragePooling2d({}),
      dense(classes, softmax),
    ],
  });
}

export const exampleModels: readonly ExampleModel[] = [
  {
    name: 'iris',
    model: () => tf.sequential({ layers: [dense(10, { activation: 'sigmoid', inputShape: [4] }), dense(3, softmax)] }),
    optimizer: () => tf.train.adam(0.01),
    loss: 'categoricalCrossentropy',
    batch: () => ({ x: images(120, 4), y: oneHot(120, 3) }),
  },
  {
    name: 'Boston housing',
    model: () =>
      tf.sequential({
        layers: [
          dense(50, { activation: 'sigmoid', inputShape: [12] }),
          dense(50, { activation: 'sigmoid' }),
          dense(1),
        ],
      }),
    optimizer: () => tf.train.sgd(0.01),
    loss: 'meanSquaredError',
    batch: () => ({ x: images(40, 12), y: images(40, 1) }),
  },
  {
    name: 'MNIST',
    model: () =>
      tf.sequential({
        layers: [
          ...[conv(32, 3, { inputShape: [28, 28, 1] }), conv(32, 3), pool(), conv(64, 3), conv(64, 3), pool()],
          ...[layers.flatten(), drop(0.25), dense(512, { activation: 'relu' }), drop(0.5), dense(10, softmax)],
        ],
      }),
    // A tenth of the usual step: the first ones of RMSProp divide by next to nothing, and by rounding with it.
    optimizer: () => tf.train.rmsprop(0.0001),
    loss: 'categoricalCrossentropy',
    batch: () => ({ x: images(16, 28, 28, 1), y: oneHot(16, 10) }),
  },
  {
    name: 'CIFAR-10',
    model: () =>
      tf.sequential({
        layers: [
          ...[
            conv(32, 3, { inputShape: [32, 32, 3], padding: 'same' }),
            layers.batchNormalization(),
            conv(32, 3),
            pool(),
          ],
          ...[drop(0.25), conv(64, 3, { padding: 'same' }), conv(64, 3), layers.averagePooling2d({ poolSize: 2 })],
          ...[layers.flatten(), dense(128, { activation: 'relu' }), drop(0.5), dense(10, softmax)],
        ],
      }),
    optimizer: () => tf.train.momentum(0.01, 0.9),
    loss: 'categoricalCrossentropy',
    batch: () => ({ x: images(16, 32, 32, 3), y: oneHot(16, 10) }),
  },
  {
    name: 'MobileNet',
    model: () => mobileNet(96, 10),
    // A small step: at larger ones tfjs itself, from weights that differ by 1e-7, loses the fourth digit after one step.
    optimizer: () => tf.train.sgd(0.000001),
    loss: 'categoricalCrossentropy',
    batch: () => ({ x: images(8, 96, 96, 3), y: oneHot(8, 10) }),
  },
];

/** The variational auto-encoder: two models, whose loss is a function of its own, minimised by an optimizer. */
export function variationalAutoEncoder(): {
  readonly variables: tf.Variable[];
  readonly loss: (x: tf.Tensor2D) => tf.Scalar;
} {
  const [pixels, hidden, latent] = [784, 128, 2];
  const input = tf.input({ shape: [pixels] });
  const code = dense(hidden, { activation: 'relu' }).apply(input);
  const outputs = [dense(latent).apply(code), dense(latent).apply(code)] as tf.SymbolicTensor[];
  const encoder = tf.model({ inputs: input, outputs });
  const decoder = tf.sequential({
    layers: [dense(hidden, { activation: 'relu', inputShape: [latent] }), dense(pixels, { activation: 'sigmoid' })],
  });
  const loss = (x: tf.Tensor2D): tf.Scalar => {
    const [mean, logVariance] = encoder.apply(x, { training: true }) as [tf.Tensor2D, tf.Tensor2D];
    const noise = tf.randomNormal([x.shape[0], latent], 0, 1, 'float32', 9);
    const drawn = tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, logVariance)), noise));
    const rebuilt = decoder.apply(drawn, { training: true }) as tf.Tensor2D;
    const reconstruction = tf.mul(tf.metrics.binaryCrossentropy(x, rebuilt), pixels);
    const divergence = tf.mul(
      -0.5,
      tf.sum(tf.sub(tf.sub(tf.add(1, logVariance), tf.square(mean)), tf.exp(logVariance)), -1),
    );
    return tf.mean(tf.add(reconstruction, divergence));
  };
  const variables = [...encoder.trainableWeights, ...decoder.trainableWeights].map(
    (weight) => weight.read() as tf.Variable,
  );
  return { variables, loss };
}

/** Starts the seeds of initial weights again, so that the next model has those of the last. */
export function sameWeights(): void {
  seeds = 0;
}
