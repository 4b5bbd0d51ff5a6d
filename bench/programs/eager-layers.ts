/** tfjs-node-gpu as its users train: `tf.layers` and `trainOnBatch`, op by op. `node eager-layers.js <workload folder>`. */
import * as tf from '@tensorflow/tfjs';
import { openPlainEngine } from '../../harness/engine/plain/plain-engine.js';
import { readWorkload } from '../workloads.js';
import { layersModel } from './layers-network.js';
import { serve } from './serve.js';

// Only for loading tfjs-node-gpu, with its reasons where that fails.
await openPlainEngine({ backend: 'tensorflow' });

const workload = readWorkload(process.argv[2] ?? '');
const model = layersModel(workload);
const { batch, imageSize, images, labels } = workload;
const parameters = model.trainableWeights.reduce(
  (total, { shape }) => total + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
  0,
);
await serve({
  parameters,
  step: async () => {
    const x = tf.tensor4d(images, [batch, imageSize, imageSize, 3]);
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), workload.network.classes, 1, 0, 'float32');
    const results = (await model.trainOnBatch(x, y)) as number[];
    tf.dispose([x, y]);
    return results[1] ?? Number.NaN;
  },
});
