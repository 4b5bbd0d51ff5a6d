/** Small networks and repeatable numbers for the tests of networks; everything runs on tfjs's JavaScript backend. */
import {
  enableProdMode,
  fill,
  setBackend,
  tensor,
  tensor1d,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { readLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { buildModel } from '../../../../experiments/warpnet/model/network.js';
import type { NetworkOptions } from '../../../../experiments/warpnet/model/options.js';
import { randomStream } from '../../../../harness/model/random.js';
import type { NetworkSpecification } from '../../../../experiments/warpnet/model/specification.js';
import { lossAndGradients } from '../../../../harness/model/gradients.js';
import type { Model, ModelAccess } from '../../../../harness/model/model.js';

export const useCpuBackend = async (): Promise<void> => {
  // Without it tfjs prints an advertisement for tfjs-node.
  enableProdMode();
  await setBackend('cpu');
};

export const paperOptions: NetworkOptions = {
  derivative: 'R1',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'batch',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
  initialisation: 'he',
  weightDecayScope: 'all',
};

/** One layer a stage, kw = 1, ten classes. */
export const wrn = (unitsPerStage: number): NetworkSpecification => ({
  family: 'wrn',
  unitsPerStage,
  kw: 1,
  classes: 10,
});
export const warpnet = (version: 1 | 2, K: number): NetworkSpecification => ({
  family: version === 1 ? 'warpnet1' : 'warpnet2',
  K,
  Nwarp: 1,
  kw: 1,
  classes: 10,
});

export function build(
  specification: NetworkSpecification,
  layout: string,
  options: Partial<NetworkOptions> = {},
): Model {
  const all = { ...paperOptions, ...options };
  return buildModel(specification, all, readLayout(layout, specification, all.derivativeTerms));
}

/** Standard normal numbers, the same for the same name. */
export function normal<R extends Rank>(name: string, shape: number[]): Tensor<R> {
  const stream = randomStream(7, name);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.normal());
  return tensor<R>(values, shape as never, 'float32');
}

export const images = (batch: number, size: number): Tensor4D => normal<Rank.R4>('images', [batch, size, size, 3]);
export const labels = (batch: number): Tensor1D =>
  tensor1d(
    Int32Array.from({ length: batch }, (_, image) => (3 * image + 1) % 10),
    'int32',
  );

/**
 * Initial weights with scales and offsets moved off 1 and 0, so that nothing passes only because a gradient or a factor
 * vanishes there.
 */
export function weightsOf(model: Model, seed = 1): Tensor[] {
  const initial = initialise(model, seed);
  return model.parameters.map(({ name, baseName, shape }) => {
    const value = tensor(initial.get(name) ?? [], [...shape], 'float32');
    if (!/\/(scale|offset)$/.test(baseName)) return value;
    return value.add(normal(baseName, [...shape]).mul(0.2));
  });
}

/** Running statistics as they begin; what becomes of them is not looked at. */
export const initialState: Omit<ModelAccess, 'weight'> = {
  operations: plainOperations,
  state: ({ shape, initial }) => fill([...shape], initial),
  assignState: () => undefined,
};

/** Mean cross-entropy of the standard batch. */
export function lossOf(model: Model, weights: readonly Tensor[], batch = 4, size = 4): number {
  const { loss } = lossAndGradients(model, weights, [images(batch, size), labels(batch)], initialState);
  return loss.dataSync()[0] ?? Number.NaN;
}

/** Loss and every gradient by base name (of the first copy), as numbers. */
export function differentiate(model: Model, batch: number, size: number) {
  const inputs = [images(batch, size), labels(batch)];
  const { loss, gradients } = lossAndGradients(model, weightsOf(model), inputs, initialState);
  return {
    loss: loss.dataSync()[0] ?? Number.NaN,
    gradients: new Map(gradients.map((gradient, index) => [model.parameters[index]?.name ?? '', numbers(gradient)])),
  };
}

export const numbers = (x: Tensor): Float32Array => x.dataSync<'float32'>();

/**
 * |a - b| / |b|, Euclidean norms over all elements. `floor` is a least denominator, for values that are 0 but for
 * rounding: an offset before a normalisation has no gradient, since the normalisation takes it out again.
 */
export function relativeDifference(a: Float32Array | undefined, b: Float32Array, floor = 0): number {
  if (a?.length !== b.length) return Number.POSITIVE_INFINITY;
  return norm(a.map((value, index) => value - (b[index] ?? 0))) / Math.max(norm(b), floor);
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((total, value) => total + value ** 2, 0));

/** The largest relative difference of two sets of gradients, none of them taken for smaller than 1 % of the whole. */
export function largestDifference(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  const whole = Math.hypot(...[...b.values()].map(norm));
  return Math.max(...[...b].map(([name, value]) => relativeDifference(a.get(name), value, 0.01 * whole)));
}
