/** What a call of a function costs above the run of its graph: a step of 50 ops, called and run bare by turns. */
import * as tf from '@tensorflow/tfjs';
import { median } from 'simple-statistics';
import { openEngine } from '../../../harness/engine/index.js';
import { loadTensorFlow, type Pointer } from '../../../harness/engine/native/c-api.js';
import { createTensor } from '../../../harness/engine/native/tensors.js';
import { planDevices } from '../../../harness/engine/traced/devices.js';
import { runSignature, Session } from '../../../harness/engine/traced/session.js';
import { TensorFlowGraph } from '../../../harness/engine/traced/tensorflow-graph.js';
import { requireNativeLibrary } from '../../../harness/setup/native-library.js';
import { againstGoal, printFigure, quick } from '../print-figure.js';

const ops = 50;
const calls = quick ? 200 : 2000;

const engine = await openEngine({ devices: 'cpu' });
const step = engine.function((x: tf.Tensor) => {
  let sum = x;
  for (let op = 0; op < ops; op++) sum = tf.add(sum, x);
  return sum;
});
const x = tf.ones([16]);

const plan = planDevices({ kind: 'cpu' });
const tensorflow = loadTensorFlow(requireNativeLibrary());
const graph = new TensorFlowGraph(tensorflow, plan.names);
const dtype = { dtype: { type: 'float32' }, shape: { shape: [16] } } as const;
const input = graph.output('Placeholder', [], dtype);
let output = input;
for (let op = 0; op < ops; op++) output = graph.output('AddV2', [output, input]);
const session = new Session(graph, plan.configuration);
const signature = runSignature(graph, [input], [output], []);
const feeds = BigUint64Array.of(createTensor(tensorflow, 'float32', [16], new Float32Array(16)));

function bare(): void {
  for (const tensor of session.runSync(signature, feeds)) tensorflow.call.TF_DeleteTensor(tensor satisfies Pointer);
}

/** Microseconds. */
async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return 1000 * (performance.now() - start);
}

const ways = {
  bare,
  'a call on this thread': () => tf.dispose(step.sync(x)),
  'an awaited call': async () => tf.dispose(await step(x)),
};
const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let call = 0; call < calls; call++)
  for (const [name, run] of Object.entries(ways)) times.get(name)?.push(await timed(run));

/** The first tenth warms up. */
const typical = (name: string): number => median((times.get(name) ?? []).slice(calls / 10));
for (const name of Object.keys(ways).slice(1))
  printFigure(
    againstGoal({
      quantity: 'time',
      benchmark: `call-overhead-${name.includes('awaited') ? 'async' : 'sync'}`,
      network: `${ops} additions`,
      batch: 0,
      what: `${name} takes more than the bare TF_SessionRun, median of ${calls}`,
      measured: typical(name) - typical('bare'),
      unit: 'µs',
      goal: 100,
    }),
  );
engine.close();
session.close();
