/**
 * The derivative term `F_j'(x1) v` of the BN-less unit `Conv_b . ReLU . Conv_a`, in every reading of A1 (method.md 4.3).
 * No gradient flows through the pattern of the ReLU in any of them: `F'' = 0` (§3.2, A20).
 */
import { conv2dTranspose, relu, reverse, step, type Tensor4D } from '@tensorflow/tfjs-core';
import { unreachable } from '../../../harness/core/problem.js';
import type { Operations } from '../../../harness/engine/operations.js';
import type { DerivativeReading } from './options.js';
import { convolve } from './residual-unit.js';

export interface DerivativeInputs {
  /** Where the derivative is taken, [batch, height, width, channels]. */
  readonly x1: Tensor4D;
  /** What it is applied to; the same tensor as `x1` in WarpNet1. */
  readonly v: Tensor4D;
  /** Kernels of the unit, [3, 3, channels, channels]. */
  readonly kernelA: Tensor4D;
  readonly kernelB: Tensor4D;
  /** `Conv_a(x1)`; called at most once a term, so that terms of one unit can share it. */
  readonly linearPreActivation: () => Tensor4D;
  /** What the ReLU of the branch `F_j(x1)` sees, with BN; only R2 asks. */
  readonly branchPreActivation: () => Tensor4D;
}

/** `F_j'(x1) v` under a reading. */
export function applyDerivative(
  operations: Operations,
  reading: DerivativeReading,
  inputs: DerivativeInputs,
): Tensor4D {
  const { x1, v, kernelA, kernelB } = inputs;
  const pushed = () => (v === x1 ? inputs.linearPreActivation() : convolve(v, kernelA));
  switch (reading) {
    // Conv_b(1[Conv_a(x1) > 0] * Conv_a(v)): the Jacobian-vector product.
    case 'R1':
      return convolve(operations.mask(pushed(), inputs.linearPreActivation()), kernelB);
    // As R1, with the pattern that the branch itself has.
    case 'R2':
      return convolve(operations.mask(pushed(), inputs.branchPreActivation()), kernelB);
    // The unit itself, without BN, applied to v.
    case 'R3':
      return convolve(relu(pushed()), kernelB);
    // Reverse mode with v as the output's gradient gives the transposed Jacobian: Conv_a^T(m * Conv_b^T(v)).
    case 'R4':
      return transposed(operations.mask(transposed(v, kernelB), inputs.linearPreActivation()), kernelA);
    case 'released':
      return convolvedMask(operations, v, kernelA, kernelB, widthAndInputChannels);
    case 'port':
      return convolvedMask(operations, v, kernelA, kernelB, heightAndWidth);
    default:
      return unreachable(reading);
  }
}

/** The adjoint of `convolve`: spreads each output pixel back over the pixels it was computed from. */
const transposed = (y: Tensor4D, kernel: Tensor4D): Tensor4D => conv2dTranspose(y, kernel, y.shape, 1, 'same');

/** Axes of a kernel [height, width, input channels, output channels]. */
const widthAndInputChannels = [1, 2];
const heightAndWidth = [0, 1];

/**
 * The authors' codes: kernels reversed along two axes, and the 0/1 pattern itself is convolved. A comparison has no
 * gradient, so `v` and `Wa` get none from here; they are taken off the tape to keep the backward pass from looking.
 */
function convolvedMask(
  operations: Operations,
  v: Tensor4D,
  kernelA: Tensor4D,
  kernelB: Tensor4D,
  reversedAxes: number[],
): Tensor4D {
  const pattern = step(convolve(operations.stopGradient(v), reverse(operations.stopGradient(kernelA), reversedAxes)));
  return convolve(pattern, reverse(kernelB, reversedAxes));
}
