/** One block: `Y + h F(Y)`. */
import { avgPool, mul, relu, sqrt, square, sum, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { batchNorm } from '../../../harness/model/layers/batch-norm.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { widen } from '../../../harness/model/layers/widening.js';
import type { NetworkOptions } from './options.js';
import type { BlockPlan } from './plan.js';
import { normOf } from './probe-names.js';

export type Pass = ForwardPass<NetworkOptions>;

/** BN, ReLU and a 3x3 convolution, twice. */
function residualBranch(pass: Pass, { name, stride }: BlockPlan, input: Shards): Shards {
  const activated = (norm: string, x: Shards): Shards =>
    pass.map(0, batchNorm(pass, `${name}/${norm}`, 0, x), (part) => relu(part));
  const narrow = convolution(pass, `${name}/convolution1`, 0, activated('norm1', input), stride);
  return convolution(pass, `${name}/convolution2`, 0, activated('norm2', narrow));
}

/** Mean of 2 x 2 pixels, and channels of zeros, where the map changes its shape. */
function shortcut(pass: Pass, { stride, from, to }: BlockPlan, input: Shards): Shards {
  if (stride === 1) return input;
  const pooled = pass.map(0, input, (part) => avgPool(part, stride, stride, 'valid'));
  return widen(pass, 0, pooled, to / from, 'zeros');
}

export function runBlock(pass: Pass, block: BlockPlan, input: Shards, stepSize: number): Shards {
  const { halving, stepSizeOfFirst } = pass.options;
  const scaled = halving === 'step-size' && (block.index > 1 || stepSizeOfFirst === 'scaled');
  const branch = residualBranch(pass, block, input);
  const step = scaled ? pass.map(0, branch, (part) => mul<Tensor4D>(part, stepSize)) : branch;
  pass.probe(normOf(block.name), () => pass.map(0, step, (part) => sqrt(sum<Tensor1D>(square(part), [1, 2, 3]))));
  return pass.sum(0, [shortcut(pass, block, input), step]);
}
