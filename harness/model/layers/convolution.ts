/** Convolutions with padding that keeps the size (or divides it by the stride), without a bias. */
import { conv2d, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Declaration } from '../declaration.js';
import type { ForwardPass, Shards } from '../forward-pass.js';
import { heNormal, type Distribution } from '../parameter.js';

/** `shape` is [height, width, channels in, channels out]. Without rules: the usual start, and weight decay. */
export const declareConvolution = (
  name: string,
  shape: readonly [number, number, number, number],
  group: number,
  rules: { readonly initial: Distribution; readonly decayed: boolean } = { initial: heNormal(shape), decayed: true },
): Declaration => ({ kind: 'weight', name, shape, group, ...rules });

/** [batch, height, width, channels in] with [height, width, channels in, channels out]. */
export const convolve = (x: Tensor4D, kernel: Tensor4D, stride = 1): Tensor4D => conv2d(x, kernel, stride, 'same');

/** Convolves each part on its device of `group` with the kernel `name`. */
export const convolution = (pass: ForwardPass, name: string, group: number, shards: Shards, stride = 1): Shards =>
  pass.map(group, shards, (part, replica) => convolve(part, pass.kernel(name, group, replica), stride));
