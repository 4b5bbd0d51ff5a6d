/** The training steps that are compared, written to a folder so that every program starts from the same bytes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initialise } from '../harness/model/initialisation.js';
import { parseLayout } from '../experiments/warpnet/layouts/layout.js';
import { buildModel } from '../experiments/warpnet/model/network.js';
import type { Model } from '../harness/model/model.js';
import type { NetworkOptions } from '../experiments/warpnet/model/options.js';
import { randomStream } from '../harness/model/random.js';
import { labelOf, type NetworkSpecification } from '../experiments/warpnet/model/specification.js';
import type { StepSettings } from '../harness/model/training-step.js';

export interface Workload {
  readonly network: NetworkSpecification;
  /** On one device, in the paper's notation. */
  readonly layout: string;
  readonly batch: number;
}

const classes = 10;
const wrn = (unitsPerStage: number, kw: number, batch: number): Workload => ({
  network: { family: 'wrn', unitsPerStage, kw, classes },
  layout: '[F1, F2]',
  batch,
});
const warpnet = (family: 'warpnet1' | 'warpnet2', Nwarp: number, batch: number): Workload => ({
  network: { family, K: 2, Nwarp, kw: 1, classes },
  layout: family === 'warpnet1' ? "[F1, F2, F2'x1]" : "[F1, F2, F2'F1]",
  batch,
});

/** WRN-13-2, WRN-37-1, WRN-13-4, WarpNet1-37-1, WarpNet2-37-1. */
export const workloads: readonly Workload[] = [
  wrn(2, 2, 128),
  wrn(6, 1, 128),
  wrn(2, 4, 64),
  warpnet('warpnet1', 3, 128),
  warpnet('warpnet2', 3, 128),
];

/** Seconds, not minutes: to see that everything works. */
export const tinyWorkloads: readonly Workload[] = [wrn(2, 1, 8), warpnet('warpnet1', 1, 8), warpnet('warpnet2', 1, 8)];

export const networkOptions: NetworkOptions = {
  derivative: 'R1',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'running',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
  initialisation: 'he',
  weightDecayScope: 'all',
};

export const stepOptions: Omit<StepSettings, 'batch'> = {
  weightDecay: 0.0005,
  momentum: 0.9,
  nesterov: false,
};

/** Small, so that no loss diverges on one batch shown again and again. */
export const learningRate = 0.01;
export const imageSize = 32;

export const modelOf = ({ network, layout }: Workload): Model =>
  buildModel(network, networkOptions, parseLayout(layout));

/** What a program is given: `workload.json`, and little-endian `images.f32`, `labels.i32` and `weights.f32` beside it. */
export interface WorkloadFile extends Workload {
  readonly label: string;
  readonly imageSize: number;
  readonly epsilon: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly batchNormDecay: number;
  /** In the order of `weights.f32`. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface LoadedWorkload extends WorkloadFile {
  /** [batch, height, width, 3]. */
  readonly images: Float32Array;
  /** [batch]. */
  readonly labels: Int32Array;
  readonly initial: ReadonlyMap<string, Float32Array>;
}

/** Writes a workload's files; images are standard normal, labels uniform, weights He-initialised, all from a fixed seed. */
export function writeWorkload(folder: string, workload: Workload): void {
  const { parameters } = modelOf(workload);
  const initial = initialise({ parameters }, 0);
  const stream = randomStream(0, 'bench');
  const images = Float32Array.from({ length: workload.batch * imageSize ** 2 * 3 }, stream.normal);
  const labels = Int32Array.from({ length: workload.batch }, () => Math.floor(stream.uniform() * classes));
  const file: WorkloadFile = {
    ...workload,
    label: labelOf(workload.network),
    imageSize,
    epsilon: networkOptions.batchNormEpsilon,
    learningRate,
    weightDecay: stepOptions.weightDecay,
    momentum: stepOptions.momentum,
    batchNormDecay: networkOptions.batchNormDecay,
    weights: parameters.map(({ name, shape }) => ({ name, shape })),
  };
  const weights = parameters.map(({ name }) => initial.get(name) ?? new Float32Array(0));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'workload.json'), JSON.stringify(file));
  writeFileSync(join(folder, 'images.f32'), bytesOf(images));
  writeFileSync(join(folder, 'labels.i32'), bytesOf(labels));
  writeFileSync(join(folder, 'weights.f32'), Buffer.concat(weights.map(bytesOf)));
}

/** Reads what `writeWorkload` wrote. */
export function readWorkload(folder: string): LoadedWorkload {
  const file = JSON.parse(readFileSync(join(folder, 'workload.json'), 'utf8')) as WorkloadFile;
  const numbers = (name: string): ArrayBuffer => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  const weights = new Float32Array(numbers('weights.f32'));
  let offset = 0;
  const initial = new Map<string, Float32Array>();
  for (const { name, shape } of file.weights) {
    const size = shape.reduce((a, b) => a * b, 1);
    initial.set(name, weights.slice(offset, offset + size));
    offset += size;
  }
  return {
    ...file,
    images: new Float32Array(numbers('images.f32')),
    labels: new Int32Array(numbers('labels.i32')),
    initial,
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
