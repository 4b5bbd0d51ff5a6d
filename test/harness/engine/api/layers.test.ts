/** Models of `tf.layers` through graphs: held against tfjs's own training, on its JavaScript backend. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type GraphEngine } from '../../../../harness/engine/index.js';
import { classifier, compiled, expectAlike, flowers, glorot, kinds, steps } from './small-models.js';

let engine: GraphEngine;

beforeAll(async () => {
  engine = await openEngine({ devices: 'cpu:2', seed: 1 });
  await tf.setBackend('cpu');
});

afterAll(() => {
  engine.close();
});

describe('layers', () => {
  const image = (filters = 3) => tf.randomNormal([4, 8, 8, filters], 0, 1, 'float32', 7);
  const words = () => tf.randomUniform([4, 6], 0, 20, 'int32', 8).cast('float32');
  const conv = { kernelSize: 3, filters: 4, kernelInitializer: glorot(11) };
  const cases: [string, () => tf.Tensor, () => tf.layers.Layer[]][] = [
    ['conv2d', image, () => [tf.layers.conv2d({ ...conv, strides: 2, padding: 'same', activation: 'elu' })]],
    ['depthwiseConv2d', image, () => [tf.layers.depthwiseConv2d({ kernelSize: 3, depthwiseInitializer: glorot(12) })]],
    [
      'separableConv2d',
      image,
      () => [
        tf.layers.separableConv2d({
          kernelSize: 3,
          filters: 4,
          depthwiseInitializer: glorot(13),
          pointwiseInitializer: glorot(14),
        }),
      ],
    ],
    ['conv2dTranspose', image, () => [tf.layers.conv2dTranspose({ ...conv, strides: 2, padding: 'same' })]],
    ['maxPooling2d', image, () => [tf.layers.conv2d(conv), tf.layers.maxPooling2d({ poolSize: 2 })]],
    ['averagePooling2d', image, () => [tf.layers.conv2d(conv), tf.layers.averagePooling2d({ poolSize: 2 })]],
    ['globalAveragePooling2d', image, () => [tf.layers.conv2d(conv), tf.layers.globalAveragePooling2d({})]],
    ['batchNormalization', image, () => [tf.layers.conv2d(conv), tf.layers.batchNormalization()]],
    ['layerNormalization', image, () => [tf.layers.conv2d(conv), tf.layers.layerNormalization()]],
    [
      'embedding',
      words,
      () => [
        tf.layers.embedding({
          inputDim: 20,
          outputDim: 5,
          embeddingsInitializer: tf.initializers.randomUniform({ seed: 3 }),
        }),
      ],
    ],
    [
      'lstm',
      words,
      () => [
        tf.layers.embedding({
          inputDim: 20,
          outputDim: 5,
          embeddingsInitializer: tf.initializers.randomUniform({ seed: 3 }),
        }),
        tf.layers.lstm({ units: 4, kernelInitializer: glorot(15), recurrentInitializer: glorot(16) }),
      ],
    ],
    ['prelu', image, () => [tf.layers.conv2d(conv), tf.layers.prelu({ alphaInitializer: 'ones' })]],
    ['leakyReLU', image, () => [tf.layers.conv2d(conv), tf.layers.leakyReLU({ alpha: 0.2 })]],
    ...(
      [
        'elu',
        'hardSigmoid',
        'linear',
        'relu6',
        'selu',
        'sigmoid',
        'softplus',
        'softsign',
        'tanh',
        'swish',
        'mish',
      ] as const
    ).map((activation): [string, () => tf.Tensor, () => tf.layers.Layer[]] => [
      `activation ${activation}`,
      image,
      () => [tf.layers.conv2d({ ...conv, activation })],
    ]),
  ];

  it.each(cases)('%s trains as in tfjs', async (_, data, layers) => {
    const make = () => {
      const x = data();
      const [first, ...rest] = layers();
      if (first === undefined) throw new Error('a case without layers');
      const input = tf.input({ shape: x.shape.slice(1) });
      let output = first.apply(input) as tf.SymbolicTensor;
      for (const layer of rest) output = layer.apply(output) as tf.SymbolicTensor;
      if (output.shape.length > 2) output = tf.layers.flatten().apply(output) as tf.SymbolicTensor;
      output = tf.layers.dense({ units: 2, kernelInitializer: glorot(17) }).apply(output) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: output });
    };
    const y = tf.randomNormal([4, 2], 0, 1, 'float32', 9);
    const [plain, traced] = [make(), make()];
    plain.compile({ optimizer: tf.train.sgd(0.001), loss: 'meanSquaredError' });
    const training = engine.train(traced, { optimizer: tf.train.sgd(0.001), loss: 'meanSquaredError' });
    expectAlike(await steps(5, training, data(), y), await steps(5, plain, data(), y));
  });

  const losses = [
    ...['meanSquaredError', 'meanAbsoluteError', 'meanAbsolutePercentageError', 'meanSquaredLogarithmicError'],
    ...['squaredHinge', 'hinge', 'categoricalHinge', 'logcosh', 'categoricalCrossentropy', 'binaryCrossentropy'],
    ...['kullbackLeiblerDivergence', 'poisson', 'cosineProximity'],
  ];

  it.each(losses)('the loss %s is that of tfjs', async (loss) => {
    const [plain, traced] = [classifier(), classifier()];
    plain.compile({ optimizer: 'sgd', loss });
    const training = engine.train(traced, { optimizer: 'sgd', loss });
    expectAlike(await steps(3, training, flowers(), kinds()), await steps(3, plain, flowers(), kinds()));
  });

  it('the loss sparseCategoricalCrossentropy is that of tfjs', async () => {
    const labels = tf.randomUniform([30, 1], 0, 3, 'int32', 2).cast('float32');
    const [plain, traced] = [classifier(), classifier()];
    const options = { optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' };
    plain.compile(options);
    const training = engine.train(traced, options);
    expectAlike(await steps(3, training, flowers(), labels), await steps(3, plain, flowers(), labels));
  });

  it('upSampling2d has the exact gradient, which that of tfjs in JavaScript is not', async () => {
    const weights = tf.randomNormal([2, 4, 4, 3], 0, 1, 'float32', 4);
    const gradient = engine.function((x: tf.Tensor) =>
      tf.grad((z) => tf.sum(tf.mul(weights, tf.layers.upSampling2d({}).apply(z) as tf.Tensor)))(x),
    );
    // Each pixel is repeated in a square of four, so its gradient is their sum.
    const exact = tf.sum(tf.reshape(weights, [2, 2, 2, 2, 2, 3]), [2, 4]);
    const actual = await gradient(tf.ones([2, 2, 2, 3]));
    expectAlike([...actual.dataSync()], [...exact.dataSync()]);
  });

  it('drops other units at every step where dropout has no seed', async () => {
    const model = tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [400] })] });
    model.add(tf.layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones' }));
    const training = engine.train(model, { optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
    const losses = await steps(3, training, tf.ones([1, 400]), tf.zeros([1, 1]));
    expect(new Set(losses).size).toBe(3);
    // Kept units count twice: 400 on average, within four of its standard errors of 20.
    for (const loss of losses) expect(Math.abs(Math.sqrt(loss) - 400)).toBeLessThan(80);
  });
});

describe('fit, evaluate and predict', () => {
  it('are those of the model: history, validation, callbacks, shuffling and the last, smaller batch', async () => {
    const [plain, traced] = [classifier(), classifier()];
    plain.compile({ optimizer: tf.train.adam(0.01), ...compiled });
    const training = engine.train(traced, { optimizer: tf.train.adam(0.01), ...compiled });
    const epochs: number[] = [];
    const args = { epochs: 3, batchSize: 7, shuffle: false, validationSplit: 0.2, verbose: 0 } as const;
    const history = await training.fit(flowers(), kinds(), {
      ...args,
      callbacks: { onEpochEnd: (epoch) => void epochs.push(epoch) },
    });
    const expected = await plain.fit(flowers(), kinds(), args);
    expect(epochs).toEqual([0, 1, 2]);
    expect(Object.keys(history.history).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
    for (const [name, values] of Object.entries(expected.history))
      expectAlike((history.history[name] ?? []) as number[], values as number[]);
    // 24 examples: batches of 7, 7, 7 and 3.
    expect(training.traceCount).toBe(2);
    const evaluated = (await training.evaluate(flowers(), kinds())) as tf.Scalar[];
    const byTfjs = plain.evaluate(flowers(), kinds()) as tf.Scalar[];
    expectAlike(
      evaluated.map((value) => value.dataSync()[0] ?? 0),
      byTfjs.map((value) => value.dataSync()[0] ?? 0),
    );
    const predicted = (await training.predict(flowers(), { batchSize: 8 })) as tf.Tensor;
    expect(predicted.shape).toEqual([30, 3]);
    expectAlike([...predicted.dataSync()], [...(traced.predict(flowers()) as tf.Tensor).dataSync()]);
  });

  it('train on a dataset', async () => {
    const model = classifier();
    const training = engine.train(model, { optimizer: 'sgd', ...compiled });
    const batches = tf.data.array([0, 1, 2]).map(() => ({ xs: flowers(), ys: kinds() }));
    const { history } = await training.fitDataset(batches, { epochs: 2, verbose: 0 });
    expect(history['loss']).toHaveLength(2);
    expect(training.traceCount).toBe(1);
  });

  it('stops early when a callback says so', async () => {
    const training = engine.train(classifier(), { optimizer: tf.train.sgd(0), ...compiled });
    const { history } = await training.fit(flowers(), kinds(), {
      epochs: 10,
      verbose: 0,
      callbacks: tf.callbacks.earlyStopping({ monitor: 'loss', patience: 1 }),
    });
    expect(history['loss']?.length).toBeLessThan(10);
  });

  it('saves the weights that the engine has trained, and trains those that are set', async () => {
    const model = classifier();
    const training = engine.train(model, { optimizer: tf.train.sgd(0.1), ...compiled });
    await steps(3, training, flowers(), kinds());
    const kept = model.getWeights().map((weight) => weight.clone());
    const [before] = await steps(1, training, flowers(), kinds());
    await steps(3, training, flowers(), kinds());
    model.setWeights(kept);
    expectAlike((await steps(1, training, flowers(), kinds())).slice(0, 1), [before ?? 0]);
  });

  it('gives a model with several inputs and outputs its losses', async () => {
    const make = () => {
      const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
      const hidden = tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
      const head = (seed: number) => tf.layers.dense({ units: 3, kernelInitializer: glorot(seed) }).apply(hidden);
      return tf.model({ inputs: [a, b], outputs: [head(1), head(2)] as tf.SymbolicTensor[] });
    };
    const [plain, traced] = [make(), make()];
    const options = { optimizer: 'sgd', loss: ['meanSquaredError', 'meanAbsoluteError'] };
    plain.compile(options);
    const training = engine.train(traced, options);
    const [x, y] = [
      [flowers(), flowers()],
      [kinds(), kinds()],
    ];
    const rows = async (one: typeof training | tf.LayersModel) =>
      [await one.trainOnBatch(x, y), await one.trainOnBatch(x, y)].flat();
    expectAlike(await rows(training), await rows(plain));
  });

  it('puts layers on the devices named, their gradients and weights too', async () => {
    const model = tf.sequential();
    model.add(tf.layers.dense({ units: 8, inputShape: [4], name: 'first' }));
    model.add(tf.layers.dense({ units: 3, name: 'second' }));
    const training = engine.train(model, { optimizer: 'sgd', loss: 'meanSquaredError', devices: { second: 'cpu:1' } });
    const profile = await training.profile(flowers(), kinds(), 1);
    const updates = profile.table().filter(({ op }) => op === 'ResourceApplyGradientDescent');
    expect(updates.map(({ device, count }) => [device, count]).sort()).toEqual([
      ['cpu:0', 2],
      ['cpu:1', 2],
    ]);
  });
});

describe('what cannot be traced names the layer', () => {
  class Odd extends tf.layers.Layer {
    static className = 'Odd';
    constructor(private readonly compute: (x: tf.Tensor) => tf.Tensor) {
      super({ name: 'strange' });
    }
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [x] = [inputs].flat();
      if (x === undefined) throw new Error('no input');
      return this.compute(x);
    }
  }

  it.each<[string, string, (x: tf.Tensor) => tf.Tensor]>([
    ['an op', 'OP_NOT_TRACED', (x) => tf.unique(x.flatten()).values.reshape(x.shape)],
    ['a value that is read', 'VALUE_READ_IN_TRACE', (x) => tf.mul(x, x.sum().dataSync()[0] ?? 0)],
  ])('%s', async (_, code, compute) => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] }), new Odd(compute)] });
    const training = engine.train(model, { optimizer: 'sgd', loss: 'meanSquaredError' });
    await expect(training.trainOnBatch(flowers(), kinds())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/layer "strange" \(Odd\)/) as string,
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  it('a model without a loss', () => {
    expect(() => engine.train(classifier())).toThrow(expect.objectContaining({ code: 'MODEL_NOT_COMPILED' }));
  });
});
