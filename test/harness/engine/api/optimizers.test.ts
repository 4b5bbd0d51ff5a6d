/** The optimizers of `tf.layers` through graphs: held against tfjs's own training, on its JavaScript backend. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type GraphEngine } from '../../../../harness/engine/index.js';
import { classifier, compiled, expectAlike, flowers, kinds, steps, tolerance } from './small-models.js';

let engine: GraphEngine;

beforeAll(async () => {
  engine = await openEngine({ devices: 'cpu:2', seed: 1 });
  await tf.setBackend('cpu');
});

afterAll(() => {
  engine.close();
});

describe('every optimizer of tfjs', () => {
  const optimizers: [string, () => tf.Optimizer][] = [
    ['SGD', () => tf.train.sgd(0.1)],
    ['momentum', () => tf.train.momentum(0.1, 0.9)],
    ["Nesterov's momentum", () => tf.train.momentum(0.1, 0.9, true)],
    ['RMSProp', () => tf.train.rmsprop(0.01)],
    ['RMSProp with momentum', () => tf.train.rmsprop(0.01, 0.9, 0.5)],
    // A large epsilon: tfjs takes it away under the root, where a small one lets rounding decide.
    ['centred RMSProp', () => tf.train.rmsprop(0.01, 0.9, 0.5, -0.01, true)],
    ['Adam', () => tf.train.adam(0.01)],
    ['Adagrad', () => tf.train.adagrad(0.1)],
    ['Adadelta', () => tf.train.adadelta()],
    ['Adamax', () => tf.train.adamax(0.01)],
  ];

  it.each(optimizers)('%s gives the losses, metrics and weights of tfjs over 20 steps', async (_, optimizer) => {
    const [plain, traced] = [classifier(), classifier()];
    plain.compile({ optimizer: optimizer(), ...compiled });
    const training = engine.train(traced, { optimizer: optimizer(), ...compiled });
    expectAlike(await steps(20, training, flowers(), kinds()), await steps(20, plain, flowers(), kinds()));
    expect(training.traceCount).toBe(1);
    for (const [index, weight] of plain.getWeights().entries()) {
      const difference = tf.norm(tf.sub(weight, traced.getWeights()[index] ?? weight)).dataSync()[0] ?? Number.NaN;
      expect(difference).toBeLessThan(tolerance * Math.max(1, tf.norm(weight).dataSync()[0] ?? 1));
    }
  });

  it('follows a learning rate that changes, without another trace, and leaves its state with tfjs', async () => {
    const [plain, traced] = [classifier(), classifier()];
    const [one, other] = [tf.train.momentum(0.1, 0.9), tf.train.momentum(0.1, 0.9)];
    plain.compile({ optimizer: one, ...compiled });
    const training = engine.train(traced, { optimizer: other, ...compiled });
    for (const rate of [0.1, 0.01]) {
      one.setLearningRate(rate);
      other.setLearningRate(rate);
      expectAlike(await steps(5, training, flowers(), kinds()), await steps(5, plain, flowers(), kinds()));
    }
    expect(training.traceCount).toBe(1);
    // Ten more of tfjs's own steps, from where the engine has come to.
    expectAlike(await steps(10, traced, flowers(), kinds()), await steps(10, plain, flowers(), kinds()));
    expect(other.iterations).toBe(20);
  });
});
