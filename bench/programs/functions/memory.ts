/** Resident memory while a `tf.LayersModel` is trained step by step: what a step keeps would show after a thousand. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { openEngine } from '../../../harness/engine/index.js';
import { examplesOf, layersWorkloads } from './models.js';
import { printFigure, quick } from '../print-figure.js';

const [settled, steps] = quick ? [50, 200] : [100, 1000];
const [name] = Object.keys(layersWorkloads).slice(-1);
const workload = layersWorkloads[name ?? ''];
if (name === undefined || workload === undefined) throw new Error('Internal error: no workload');
const engine = await openEngine({ devices: 'cpu' });
const model = workload.make();
const training = engine.train(model, {
  optimizer: tf.train.adam(0.001),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});
const { x, y } = examplesOf(model, workload.batch);

/** VmRSS, bytes, with V8's garbage gone. */
function residentBytes(): number {
  globalThis.gc?.();
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (resident === undefined) throw new Error('this machine does not tell the memory of a process (/proc/self/status)');
  return 1024 * Number(resident);
}

for (let step = 0; step < settled; step++) await training.trainOnBatch(x, y);
const [before, tensors] = [residentBytes(), tf.memory().numTensors];
for (let step = settled; step < steps; step++) await training.trainOnBatch(x, y);
const after = residentBytes();
const kept = tf.memory().numTensors - tensors;
engine.close();

const megabyte = 2 ** 20;
printFigure({
  benchmark: 'layers-memory-growth',
  peer: `itself after ${settled} steps`,
  network: name,
  batch: workload.batch,
  ratioTime: null,
  ratioMemory: after / before,
  what: `resident memory gained between steps ${settled} and ${steps}, of ${(before / megabyte).toFixed(0)} MiB; ${kept} tensors of tfjs kept`,
  measured: 100 * (after / before - 1),
  unit: '%',
  // The allocator takes some thousand steps to have all of its memory; a leak would go on.
  goal: 2,
});
