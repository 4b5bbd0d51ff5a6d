/** The checks of `gpu-check`, each a process of its own: the library reads its settings once, and a card that is not well takes it along. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import { driverComplaint } from '../engine/native/cuda-driver.js';
import { gpuLibraries } from '../engine/native/gpu-libraries.js';
import { modelVariables } from '../model/variables.js';
import { compileStep } from '../model/training-step.js';
import { openEngine } from '../kinds/engine/open-engine.js';
import { busySecondsOf } from '../kinds/timing/busy-time.js';
import { stepSettings } from '../kinds/training/compiled-program.js';
import { kindOf } from '../engine/operation-kind.js';
import { seededRandom } from '../core/seeded-random.js';
import type { Papers } from '../plan/paper/papers.js';
import { requireNativeLibrary } from '../setup/native-library.js';
import { judged, leftOut, relativeDifference, type Finding } from './finding.js';
import { compareOperations, OperationCollector, type Twin } from './operation-twins.js';
import { batch, openStep, stepsToCheck, titleOf, type CheckedStep } from './steps.js';

export interface PartContext {
  readonly papers: Papers;
  /** What is checked: `gpu:0`; a test checks cores. */
  readonly devices: string;
  /** Whether the card rounds to TF32 when it may: compute capability 8 and newer. */
  readonly hasTf32: boolean;
}

export type Part = (context: PartContext) => Promise<Finding[]>;

/** In this order. */
export const parts = {
  libraries,
  operations,
  'tf32-off': (context) => products(context, false),
  'tf32-on': (context) => products(context, true),
  networks: (context) => networks(context, context.devices, 'cpu', 'loss and gradients on one device'),
  halves: (context) => networks(context, halvesOf(context.devices), 'cpu:2', 'loss and gradients on halves of it'),
  determinism,
  profile,
  synchronisation,
} satisfies Readonly<Record<string, Part>>;
export type PartName = keyof typeof parts;

/** The same device as two. */
const halvesOf = (devices: string): string => (devices.startsWith('gpu') ? `${devices}/2` : 'cpu:2');

async function libraries({ devices }: PartContext): Promise<Finding[]> {
  const { engine } = await openEngine({ devices, engine: 'traced', deterministic: false, tf32: false });
  engine.close();
  const { folder } = requireNativeLibrary();
  const wanted = gpuLibraries(folder).map((file) => basename(file));
  const mapped = new Set(
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .flatMap((line) => /\s(\/\S+\.so[.\d]*)$/.exec(line)?.[1] ?? []),
  );
  const [maps, packages] = [[...mapped], join(dirname(folder), 'nvidia')];
  const missing = wanted.filter((name) => !maps.some((file) => basename(file) === name));
  const strange = maps.filter((file) => wanted.includes(basename(file)) && !file.startsWith(packages));
  const driver = devices.startsWith('gpu') ? driverComplaint() : undefined;
  const troubles = [
    ...(missing.length === 0 ? [] : [`not open: ${missing.join(', ')}`]),
    ...strange.map((file) => `from elsewhere: ${file}`),
    ...(driver === undefined ? [] : [driver]),
  ];
  const detail = troubles.join('; ') || `${wanted.length} libraries of NVIDIA's, all from ${packages}`;
  return [judged('libraries', troubles.length === 0, detail)];
}

/** How far an operation on a card may be from the same one on the CPU, of its largest value: float32 sums in another order. */
const operationTolerance = 1e-5;

async function operations({ papers, devices }: PartContext): Promise<Finding[]> {
  const steps = stepsToCheck(papers);
  const collected = [];
  for (const step of steps) collected.push(...(await operationsOf(step)));
  const onGpu = devices.startsWith('gpu');
  // Opens NVIDIA's libraries and sets what TensorFlow reads once, as for any work.
  (await openEngine({ devices, engine: 'traced', deterministic: false, tf32: false })).engine.close();
  const twins = compareOperations(
    collected,
    onGpu ? ['/device:CPU:0', '/device:GPU:0'] : ['/device:CPU:0', '/device:CPU:1'],
    {
      deviceCount: { CPU: onGpu ? 1 : 2 },
      allowSoftPlacement: true,
      graphOptions: { rewriteOptions: { disableMetaOptimizer: true } },
      ...(onGpu ? { gpuOptions: { allowGrowth: true, visibleDeviceList: '0' } } : {}),
    },
  );
  return [judgeTwins(twins)];
}

export function judgeTwins(twins: readonly Twin[]): Finding {
  const bad = twins.filter(({ difference }) => !(difference <= operationTolerance));
  const worst = Math.max(0, ...twins.map(({ difference }) => difference));
  const names = [...new Set(bad.map(({ type, difference }) => `${type} by ${difference.toExponential(1)}`))];
  return judged(
    'operations',
    bad.length === 0 && twins.length > 0,
    bad.length === 0
      ? `${twins.length} kinds of operations agree with the CPU, the worst to ${worst.toExponential(1)} of its largest value`
      : `more than ${operationTolerance} from the CPU: ${names.join(', ')}`,
  );
}

async function operationsOf({ paper, network, protocol }: CheckedStep) {
  await paper.loadModels();
  const model = network.trainingLayout(1, protocol).build(protocol);
  const collector = new OperationCollector(model.devices);
  const variables = modelVariables(model, (name, shape, device) => collector.variable(name, shape, device));
  return compileStep(collector, model, variables, stepSettings(protocol, batch, 5e-4));
}

/** A product is rounded to TF32, 10 bits of its operands, or it is not. */
async function products({ devices, hasTf32 }: PartContext, tf32: boolean): Promise<Finding[]> {
  const name = tf32 ? 'TF32 on' : 'TF32 off';
  if (tf32 && !hasTf32) return [leftOut(name, 'the device has no TF32')];
  const size = 256;
  const random = seededRandom(11);
  const [a, b] = [0, 1].map(() => Float32Array.from({ length: size * size }, () => 2 * random() - 1));
  if (a === undefined || b === undefined) throw new Error('Internal error: no operands');
  const { engine } = await openEngine({ devices, engine: 'traced', deterministic: false, tf32 });
  const shape = { shape: [size, size], dtype: 'float32' } as const;
  const product = engine.compile('product', [shape, shape], ([x, y]) => [matMul(x as Tensor2D, y as Tensor2D)]);
  const [found] = await product.run(a, b);
  engine.close();
  const difference = relativeDifference(found ?? [], productOf(a, b, size));
  const rounded = difference > operationTolerance;
  const detail = `a product of ${size} x ${size} is ${difference.toExponential(1)} of its largest value from the exact one`;
  // Eleven bits of a sum of 256 terms: well below a hundredth.
  return [judged(name, tf32 ? rounded && difference < 1e-2 : !rounded, detail)];
}

/** In double precision. */
function productOf(a: Float32Array, b: Float32Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let inner = 0; inner < size; inner += 1)
      for (let column = 0; column < size; column += 1)
        product[row * size + column] =
          (product[row * size + column] ?? 0) + (a[row * size + inner] ?? 0) * (b[inner * size + column] ?? 0);
  return product;
}

/** Of a loss, and of the norm of all changes of the weights: a step of some dozen layers in float32, summed in another order. */
const [lossTolerance, changeTolerance] = [1e-4, 1e-3] as const;

/** @param reference cores, as many as there are devices: a batch that is cut in two is normalised in two parts. */
async function networks({ papers }: PartContext, devices: string, reference: string, name: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const checked of stepsToCheck(papers)) {
    // The device first: NVIDIA's libraries have to be open before TensorFlow is loaded.
    const [found, wanted] = [await oneStep(checked, devices), await oneStep(checked, reference)];
    const loss = Math.abs(found.loss - wanted.loss) / Math.abs(wanted.loss);
    const change = distance(found.changes, wanted.changes);
    const detail = `${titleOf(checked)}: loss to ${loss.toExponential(1)}, gradients to ${change.toExponential(1)} of the CPU's`;
    findings.push(judged(name, loss <= lossTolerance && change <= changeTolerance, detail));
  }
  return findings;
}

async function oneStep(
  checked: CheckedStep,
  devices: string,
  options: { readonly steps?: number; readonly deterministic?: boolean } = {},
): Promise<{ loss: number; changes: Float32Array[] }> {
  const open = await openStep(checked, devices, options.deterministic);
  try {
    let loss = NaN;
    for (let step = 0; step < (options.steps ?? 1); step += 1)
      loss = (await open.step.run(...open.inputs))[0]?.[0] ?? NaN;
    return { loss, changes: await open.changes() };
  } finally {
    open.close();
  }
}

/** Norm of the difference over the norm of what is wanted, over all tensors together. */
function distance(found: readonly Float32Array[], wanted: readonly Float32Array[]): number {
  let [difference, size] = [0, 0];
  for (const [index, values] of wanted.entries())
    for (const [at, value] of values.entries()) {
      difference += (value - (found[index]?.[at] ?? NaN)) ** 2;
      size += value ** 2;
    }
  return Math.sqrt(difference / size);
}

async function determinism({ papers, devices }: PartContext): Promise<Finding[]> {
  const [checked] = stepsToCheck(papers);
  if (checked === undefined) return [];
  const run = async () => bytesOf((await oneStep(checked, devices, { steps: 3, deterministic: true })).changes);
  const [first, second] = [await run(), await run()];
  return [
    judged(
      'determinism',
      first.equals(second),
      `${titleOf(checked)}: three steps twice, ${first.equals(second) ? 'the same bytes' : 'other bytes'}`,
    ),
  ];
}

const bytesOf = (values: readonly Float32Array[]): Buffer =>
  Buffer.concat(values.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));

async function profile({ papers, devices }: PartContext): Promise<Finding[]> {
  const [checked] = stepsToCheck(papers);
  if (checked === undefined) return [];
  const open = await openStep(checked, devices);
  try {
    await open.step.run(...open.inputs);
    const taken = await open.step.profile?.(2, [...open.inputs]);
    if (taken === undefined) return [leftOut('profile', 'the engine has none')];
    const [times = new Float64Array(0)] = taken.duration;
    const untimed = taken.graph.operations.filter(
      ({ type }, index) => kindOf(type) === 'convolution' && !((times[index] ?? NaN) > 0),
    );
    const busy = busySecondsOf(taken);
    const [span = NaN] = busy.slice(-1);
    const matched = times.reduce((sum, time) => sum + (time > 0 ? time : 0), 0);
    const strange = (taken.unmatched?.[0] ?? 0) / (matched + (taken.unmatched?.[0] ?? 0));
    // Half a microsecond is added for what TensorFlow cuts off of each kernel.
    const sound = untimed.length === 0 && strange < 0.05 && busy.slice(0, -1).every((time) => time <= span * 1.001);
    const share = (100 * strange).toFixed(1);
    return [
      judged(
        'profile',
        sound,
        `${untimed.length} convolutions without a time, ${share} % of the time belongs to no operation, busy ${(busy[0] ?? 0) * 1e3} of ${span * 1e3} ms`,
      ),
    ];
  } finally {
    open.close();
  }
}

/** A step is over when its promise says so: it takes no less time than its kernels. */
async function synchronisation({ papers, devices }: PartContext): Promise<Finding[]> {
  const [checked] = stepsToCheck(papers);
  if (checked === undefined) return [];
  const open = await openStep(checked, devices);
  try {
    for (let step = 0; step < 3; step += 1) await open.step.run(...open.inputs);
    const times: number[] = [];
    for (let step = 0; step < 10; step += 1) {
      const start = performance.now();
      await open.step.run(...open.inputs);
      times.push(performance.now() - start);
    }
    const taken = await open.step.profile?.(3, [...open.inputs]);
    if (taken === undefined) return [leftOut('synchronisation', 'the engine has no profile')];
    const busy = 1e3 * Math.max(...busySecondsOf(taken).slice(0, -1));
    const longest = Math.max(...times);
    return [
      judged(
        'synchronisation',
        longest >= busy / 2,
        `a step takes ${longest.toFixed(2)} ms, its kernels ${busy.toFixed(2)} ms`,
      ),
    ];
  } finally {
    open.close();
  }
}
