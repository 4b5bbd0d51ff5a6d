/** One epoch of `fit` whenever it is told to: `node epoch.js <workload> <traced | eager> <examples>`. */
import * as tf from '@tensorflow/tfjs';
import { openEngine } from '../../../harness/engine/index.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { examplesOf, layersWorkloads } from './models.js';
import { serve } from '../serve.js';

const [name = '', how, examples = '0'] = process.argv.slice(2);
const workload = layersWorkloads[name];
if (workload === undefined) throw new Error(`Internal error: no workload ${name}`);
if (how === 'eager') await openPlainEngine({ backend: 'tensorflow' });
await tf.setBackend(how === 'eager' ? 'tensorflow' : 'cpu');

const model = workload.make();
const options = { optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' };
model.compile(options);
const trained = how === 'eager' ? model : (await openEngine({ devices: 'cpu' })).train(model);
const { x, y } = examplesOf(model, Number(examples));
const args = { batchSize: workload.batch, epochs: 1, shuffle: false, verbose: 0 } as const;

await serve({
  parameters: model.countParams(),
  step: async () => {
    const { history } = await trained.fit(x, y, args);
    return Number(history['loss']?.[0]);
  },
});
