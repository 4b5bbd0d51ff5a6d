/** The residual branch `F_j` (method.md 6.1): BN -> Conv -> BN -> ReLU -> Conv -> BN. */
import { conv2d, relu, type Tensor4D } from '@tensorflow/tfjs-core';
import { batchNorm } from '../../../harness/model/batch-norm.js';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';

/** 3x3, stride 1, same padding, no bias. */
export const convolve = (x: Tensor4D, kernel: Tensor4D): Tensor4D => conv2d(x, kernel, 1, 'same');

export interface Branch {
  /** `F_j(x)`. */
  readonly output: Shards;
  /** What its ReLU sees: `BN_b(Conv_a(BN_a(x)))`. */
  readonly preActivation: Shards;
}

/** `F_j(x)` computed on `bracket`; `unit` is where its weights are: `stage1/unit3`. */
export function residualBranch(pass: ForwardPass, unit: string, bracket: number, x: Shards): Branch {
  const convolution = (name: string, shards: Shards): Shards =>
    pass.map(bracket, shards, (part, replica) => convolve(part, pass.kernel(`${unit}/${name}`, bracket, replica)));

  const first = convolution('convolutionA', batchNorm(pass, `${unit}/normA`, bracket, x));
  const preActivation = batchNorm(pass, `${unit}/normB`, bracket, first);
  const second = convolution(
    'convolutionB',
    pass.map(bracket, preActivation, (part) => relu(part)),
  );
  return { output: batchNorm(pass, `${unit}/normC`, bracket, second), preActivation };
}
