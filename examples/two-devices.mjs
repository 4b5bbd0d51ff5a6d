// Two halves of a model on two devices, in ten lines; then where the time of a step went.
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { openEngine } from 'warpnet-tables/engine';

const x = tf.randomNormal([512, 512], 0, 1, 'float32', 1);
const y = tf.tanh(tf.randomNormal([512, 1024], 0, 1, 'float32', 2));

const engine = await openEngine({ devices: 'cpu:2' });
const half = () => tf.sequential({ layers: [tf.layers.dense({ units: 1024, activation: 'tanh', inputShape: [512] })] });
const [first, second, optimizer] = [half(), half(), tf.train.momentum(0.02, 0.9)];
const loss = (x, y) => {
  const left = engine.device('cpu:0', () => first.apply(x));
  const right = engine.device('cpu:1', () => second.apply(x));
  return tf.losses.meanSquaredError(y, tf.add(left, right));
};
const step = engine.function((x, y) => optimizer.minimize(() => loss(x, y), true), 'two halves');
for (let i = 0; i < 5; i++) console.log('loss', (await step(x, y)).dataSync()[0]);

const profile = await step.profile(9, x, y);
console.table(profile.table().slice(0, 6));
console.table(profile.peakBytes());
// A picture, a lane a device: node examples/two-devices.mjs timeline.svg
if (process.argv[2]) writeFileSync(process.argv[2], profile.timeline());
engine.close();
