/** The residual branch `F_j` (method.md 6.1): BN -> Conv -> BN -> ReLU -> Conv -> BN. */
import { relu } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { batchNorm, type BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';
import { convolution } from '../../../harness/model/layers/convolution.js';

export { convolve } from '../../../harness/model/layers/convolution.js';

export interface Branch {
  /** `F_j(x)`. */
  readonly output: Shards;
  /** What its ReLU sees: `BN_b(Conv_a(BN_a(x)))`. */
  readonly preActivation: Shards;
}

export interface DetachedBranch extends Branch {
  /** What its first convolution sees: `BN_a(x)`. */
  readonly normalised: Shards;
}

type Pass = ForwardPass<BatchNormOptions>;

/** `F_j(x)` computed on `bracket`; `unit` is where its weights are: `stage1/unit3`. */
export const residualBranch = (pass: Pass, unit: string, bracket: number, x: Shards): Branch =>
  afterFirstNorm(pass, unit, bracket, batchNorm(pass, `${unit}/normA`, bracket, x));

/** The same, but no gradient goes back beyond the first convolution: that of `x` and of `normalised` comes from elsewhere. */
export function detachedBranch(pass: Pass, unit: string, bracket: number, x: Shards): DetachedBranch {
  const detach = (shards: Shards): Shards => pass.map(bracket, shards, (part) => pass.operations.stopGradient(part));
  const normalised = batchNorm(pass, `${unit}/normA`, bracket, detach(x));
  return { ...afterFirstNorm(pass, unit, bracket, detach(normalised)), normalised };
}

function afterFirstNorm(pass: Pass, unit: string, bracket: number, normalised: Shards): Branch {
  const first = convolution(pass, `${unit}/convolutionA`, bracket, normalised);
  const preActivation = batchNorm(pass, `${unit}/normB`, bracket, first);
  const activated = pass.map(bracket, preActivation, (part) => relu(part));
  const second = convolution(pass, `${unit}/convolutionB`, bracket, activated);
  return { output: batchNorm(pass, `${unit}/normC`, bracket, second), preActivation };
}
