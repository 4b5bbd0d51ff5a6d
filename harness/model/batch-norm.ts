/** Batch normalisation: fused, or from separate reductions as in the released code (A8); over one part or all of them (A17). */
import { add, mul, rsqrt, square, sub, sum, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from './forward-pass.js';

interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** Normalises each part on its device; `name` is where scale, offset and running averages are kept. */
export function batchNorm(pass: ForwardPass, name: string, bracket: number, shards: Shards): Shards {
  const { options } = pass;
  if (pass.mode === 'evaluate' && options.batchNormEvaluation === 'running')
    return pass.map(bracket, shards, (part, replica) => {
      const moments = { mean: pass.statistic(`${name}/mean`), variance: pass.statistic(`${name}/variance`) };
      return normalise(pass, name, bracket, replica, sub(part, moments.mean), moments.variance);
    });
  if (options.batchNormReplicas === 'synchronised' && shards.length > 1)
    return synchronised(pass, name, bracket, shards);
  return pass.map(bracket, shards, (part, replica) => {
    const { y, ...moments } =
      options.batchNorm === 'fused'
        ? pass.operations.fusedBatchNorm(
            part,
            pass.vector(`${name}/scale`, bracket, replica),
            pass.vector(`${name}/offset`, bracket, replica),
            options.batchNormEpsilon,
          )
        : separate(pass, name, bracket, part, replica);
    if (replica === 0) record(pass, name, moments);
    return y;
  });
}

/**
 * Plain ops with the gradients tfjs derives. Of the formulations with the right gradient this one has the fewest passes
 * over the feature map. Means are a sum times a number, since tfjs's gradient of `mean` takes one pass more; the
 * variance is the mean square of the centred map, which the output needs anyway; scale and deviation are multiplied
 * first, as vectors. E[x^2] - E[x]^2 would save the dependence on the mean, and lose digits.
 */
function separate(pass: ForwardPass, name: string, bracket: number, part: Tensor4D, replica: number) {
  const mean = channelMean(part);
  const centred: Tensor4D = sub(part, mean);
  const variance = channelMean(square(centred));
  return { y: normalise(pass, name, bracket, replica, centred, variance), mean, variance };
}

const channelSum = (x: Tensor4D): Tensor1D => sum(x, [0, 1, 2]);
const channelMean = (x: Tensor4D): Tensor1D => mul(channelSum(x), 1 / (x.size / x.shape[3]));

/** `centred / sqrt(variance + epsilon) * scale + offset`. */
function normalise(
  pass: ForwardPass,
  name: string,
  bracket: number,
  replica: number,
  centred: Tensor4D,
  variance: Tensor1D,
): Tensor4D {
  const scale = pass.vector(`${name}/scale`, bracket, replica);
  const offset = pass.vector(`${name}/offset`, bracket, replica);
  const factor = mul(scale, rsqrt(add(variance, pass.options.batchNormEpsilon)));
  return add(mul(centred, factor), offset);
}

/** Mean and variance over all parts, added on the home device; two small exchanges a normalisation. */
function synchronised(pass: ForwardPass, name: string, bracket: number, shards: Shards): Shards {
  const overAll = (sums: Tensor1D[]): Tensor1D => pass.operations.onDevice(bracket, () => mul(addAll(sums), 1 / count));
  const count = shards.reduce((total, part) => total + part.size / part.shape[3], 0);
  const mean = overAll(pass.map(bracket, shards, channelSum));
  const centred: Shards = pass.map(bracket, shards, (part) => sub(part, mean));
  const variance = overAll(pass.map(bracket, centred, (part) => channelSum(square(part))));
  pass.operations.onDevice(bracket, () => record(pass, name, { mean, variance }));
  return pass.map(bracket, centred, (part, replica) => normalise(pass, name, bracket, replica, part, variance));
}

const addAll = (tensors: readonly Tensor1D[]): Tensor1D => tensors.reduce((total, tensor) => add(total, tensor));

/** Running averages are kept from the first replica's batches, as evaluation uses the first copy of the weights. */
function record(pass: ForwardPass, name: string, { mean, variance }: Moments): void {
  if (pass.mode === 'train' && pass.options.batchNormEvaluation === 'running')
    pass.recordStatistics(name, pass.operations.stopGradient(mean), pass.operations.stopGradient(variance));
}
