// The same model on every device, each with its share of the batch; gradients are averaged, so that the copies stay equal.
import * as tf from '@tensorflow/tfjs';
import { openEngine } from 'warpnet-tables/engine';

const engine = await openEngine({ devices: process.argv[2] ?? 'cpu:2' });
const copies = engine.devices.map(() =>
  tf.sequential({
    layers: [
      tf.layers.dense({ units: 64, activation: 'relu', inputShape: [32] }),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  }),
);
for (const copy of copies.slice(1)) copy.setWeights(copies[0].getWeights());
const weights = copies.map((copy) => copy.trainableWeights.map((weight) => weight.read()));

const step = engine.function((x, y, rate) => {
  const [xs, ys] = [tf.split(x, copies.length), tf.split(y, copies.length)];
  const shares = copies.map((copy, i) =>
    engine.device(engine.devices[i], () => {
      const loss = () => tf.mean(tf.metrics.categoricalCrossentropy(ys[i], copy.apply(xs[i], { training: true })));
      return tf.variableGrads(loss, weights[i]);
    }),
  );
  weights[0].forEach((_, index) => {
    const mean = tf.div(tf.addN(shares.map(({ grads }, i) => grads[weights[i][index].name])), copies.length);
    copies.forEach((_, i) =>
      engine.device(engine.devices[i], () => weights[i][index].assign(tf.sub(weights[i][index], tf.mul(rate, mean)))),
    );
  });
  return tf.mean(tf.stack(shares.map(({ value }) => value)));
});

const x = tf.randomNormal([128, 32], 0, 1, 'float32', 1);
const y = tf.oneHot(tf.argMax(x.slice([0, 0], [128, 10]), 1), 10).cast('float32');
for (let i = 0; i < 20; i++) console.log('loss', (await step(x, y, tf.scalar(0.5))).dataSync()[0]);
const [one, other] = [copies[0], copies.at(-1)].map((copy) => copy.getWeights()[0]);
console.log('copies differ by', tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]);
engine.close();
