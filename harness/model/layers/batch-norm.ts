/** Batch normalisation: fused, or from separate reductions; over each part of the batch, or over all of them. */
import { add, mul, rsqrt, square, sub, sum, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Declaration } from '../declaration.js';
import type { ForwardPass, Shards } from '../forward-pass.js';

export interface BatchNormOptions {
  /** One fused kernel, or plain reductions. */
  readonly batchNorm: 'fused' | 'moments';
  readonly batchNormEpsilon: number;
  /** Statistics that normalise a batch in evaluation. */
  readonly batchNormEvaluation: 'running' | 'batch';
  /** What running averages keep of themselves in a step. */
  readonly batchNormDecay: number;
  /** Data parallelism only: whether each replica normalises its part with that part's statistics, or the whole batch's. */
  readonly batchNormReplicas: 'per-replica' | 'synchronised';
}

type Pass = ForwardPass<BatchNormOptions>;

interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** Scale 1 and offset 0, [channels], and running averages of mean 0 and variance 1 where evaluation uses them. */
export function declareBatchNorm(
  name: string,
  channels: number,
  group: number,
  { batchNormEvaluation, decayed }: Pick<BatchNormOptions, 'batchNormEvaluation'> & { readonly decayed: boolean },
): Declaration[] {
  const shape = [channels];
  const weight = (part: string, value: number): Declaration => {
    return { kind: 'weight', name: `${name}/${part}`, shape, group, initial: { kind: 'constant', value }, decayed };
  };
  const state = (part: string, initial: number): Declaration => {
    return { kind: 'state', name: `${name}/${part}`, shape, group, initial };
  };
  const weights = [weight('scale', 1), weight('offset', 0)];
  return batchNormEvaluation === 'running' ? [...weights, state('mean', 0), state('variance', 1)] : weights;
}

/** Normalises each part on its device of `group`; `name` is where scale, offset and running averages are kept. */
export function batchNorm(pass: Pass, name: string, group: number, shards: Shards): Shards {
  const { options } = pass;
  if (pass.mode === 'evaluate' && options.batchNormEvaluation === 'running')
    return pass.map(group, shards, (part, replica) => {
      const moments = { mean: pass.state(`${name}/mean`), variance: pass.state(`${name}/variance`) };
      return normalise(pass, name, group, replica, sub(part, moments.mean), moments.variance);
    });
  if (options.batchNormReplicas === 'synchronised' && shards.length > 1) return synchronised(pass, name, group, shards);
  return pass.map(group, shards, (part, replica) => {
    const { y, ...moments } =
      options.batchNorm === 'fused'
        ? pass.operations.fusedBatchNorm(
            part,
            pass.vector(`${name}/scale`, group, replica),
            pass.vector(`${name}/offset`, group, replica),
            options.batchNormEpsilon,
          )
        : separate(pass, name, group, part, replica);
    if (replica === 0) updateAverages(pass, name, moments);
    return y;
  });
}

/**
 * Plain ops with the gradients tfjs derives. Of the formulations with the right gradient this one has the fewest passes
 * over the feature map. Means are a sum times a number, since tfjs's gradient of `mean` takes one pass more; the
 * variance is the mean square of the centred map, which the output needs anyway; scale and deviation are multiplied
 * first, as vectors. E[x^2] - E[x]^2 would save the dependence on the mean, and lose digits.
 */
function separate(pass: Pass, name: string, group: number, part: Tensor4D, replica: number) {
  const mean = channelMean(part);
  const centred: Tensor4D = sub(part, mean);
  const variance = channelMean(square(centred));
  return { y: normalise(pass, name, group, replica, centred, variance), mean, variance };
}

const channelSum = (x: Tensor4D): Tensor1D => sum(x, [0, 1, 2]);
const channelMean = (x: Tensor4D): Tensor1D => mul(channelSum(x), 1 / (x.size / x.shape[3]));

/** `centred / sqrt(variance + epsilon) * scale + offset`. */
function normalise(
  pass: Pass,
  name: string,
  group: number,
  replica: number,
  centred: Tensor4D,
  variance: Tensor1D,
): Tensor4D {
  const scale = pass.vector(`${name}/scale`, group, replica);
  const offset = pass.vector(`${name}/offset`, group, replica);
  const factor = mul(scale, rsqrt(add(variance, pass.options.batchNormEpsilon)));
  return add(mul(centred, factor), offset);
}

/** Mean and variance over all parts, added on the first replica's device; two small exchanges a normalisation. */
function synchronised(pass: Pass, name: string, group: number, shards: Shards): Shards {
  const home = pass.variables.placement.deviceOf(group, 0);
  const count = shards.reduce((total, part) => total + part.size / part.shape[3], 0);
  const overAll = (sums: Tensor1D[]): Tensor1D => pass.operations.onDevice(home, () => mul(addAll(sums), 1 / count));
  const mean = overAll(pass.map(group, shards, channelSum));
  const centred: Shards = pass.map(group, shards, (part) => sub(part, mean));
  const variance = overAll(pass.map(group, centred, (part) => channelSum(square(part))));
  pass.operations.onDevice(home, () => updateAverages(pass, name, { mean, variance }));
  return pass.map(group, centred, (part, replica) => normalise(pass, name, group, replica, part, variance));
}

const addAll = (tensors: readonly Tensor1D[]): Tensor1D => tensors.reduce((total, tensor) => add(total, tensor));

/** Running averages are kept from the first replica's batches, as evaluation uses the first copy of the weights. */
function updateAverages(pass: Pass, name: string, { mean, variance }: Moments): void {
  const { batchNormEvaluation, batchNormDecay: decay } = pass.options;
  if (pass.mode !== 'train' || batchNormEvaluation !== 'running') return;
  const move = (average: string, value: Tensor1D): void =>
    pass.assignState(average, add(mul(pass.state(average), decay), mul(value, 1 - decay)));
  pass.once(name, () => {
    const values = [mean, variance].map((value) => pass.operations.stopGradient(value)) as [Tensor1D, Tensor1D];
    move(`${name}/mean`, values[0]);
    move(`${name}/variance`, values[1]);
  });
}
