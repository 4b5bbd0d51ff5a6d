/**
 * The residual branch `F = BN_c . Conv_b . ReLU . BN_b . Conv_a . BN_a` (method.md 6.1) at a point, with its exact derivative there: batch
 * normalisation included. The ReLU is linearised by its pattern, as `F'' = 0` has it (§2).
 */
import {
  add,
  conv2dTranspose,
  mul,
  relu,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Operations } from '../../../../harness/engine/operations.js';
import type { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { convolve } from '../residual-unit.js';

/** Mean and variance of a feature map's channels, [channels]. */
export interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

interface Norm {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
}

/** The weights of one unit. */
export interface UnitWeights {
  readonly normA: Norm;
  readonly kernelA: Tensor4D;
  readonly normB: Norm;
  readonly kernelB: Tensor4D;
  readonly normC: Norm;
  readonly epsilon: number;
}

/** The moments that the three normalisations of a unit divide by. */
export type UnitMoments = readonly [Moments, Moments, Moments];

/** Whether a normalisation's moments follow its input (training), or stand still. */
export const normalisationModes = ['training', 'frozen'] as const;
export type NormalisationMode = (typeof normalisationModes)[number];

/** A linear map of feature maps, [batch, height, width, channels]. */
type LinearMap = (v: Tensor4D) => Tensor4D;

export interface LinearisedUnit {
  /** `F(x)`. */
  readonly output: Tensor4D;
  /** What the ReLU sees: `BN_b(Conv_a(BN_a(x)))`. */
  readonly preActivation: Tensor4D;
  readonly moments: UnitMoments;
  /** `F'(x) v`: with the moments' own derivative (training) or without it (frozen). */
  readonly tangent: (mode: NormalisationMode, v: Tensor4D) => Tensor4D;
  /** `F'(x)^T g`. */
  readonly adjoint: (mode: NormalisationMode, g: Tensor4D) => Tensor4D;
}

/** Weights of the unit whose names begin with `unit`: `stage1/unit3`. */
export function weightsOf(pass: ForwardPass, unit: string, epsilon: number): UnitWeights {
  const norm = (name: string): Norm => ({
    scale: pass.vector(`${unit}/${name}/scale`, 0, 0),
    offset: pass.vector(`${unit}/${name}/offset`, 0, 0),
  });
  return {
    normA: norm('normA'),
    kernelA: pass.kernel(`${unit}/convolutionA`, 0, 0),
    normB: norm('normB'),
    kernelB: pass.kernel(`${unit}/convolutionB`, 0, 0),
    normC: norm('normC'),
    epsilon,
  };
}

/** @param fixed moments to normalise by; those of the batch at `x` where there are none */
export function linearise(
  operations: Operations,
  weights: UnitWeights,
  x: Tensor4D,
  fixed?: UnitMoments,
): LinearisedUnit {
  const { epsilon, kernelA, kernelB } = weights;
  const a = normalise(x, weights.normA, epsilon, fixed?.[0]);
  const b = normalise(convolve(a.output, kernelA), weights.normB, epsilon, fixed?.[1]);
  const c = normalise(convolve(relu(b.output), kernelB), weights.normC, epsilon, fixed?.[2]);
  return {
    output: c.output,
    preActivation: b.output,
    moments: [a.moments, b.moments, c.moments],
    tangent: (mode, v) => {
      const first = b.derivative[mode](convolve(a.derivative[mode](v), kernelA));
      return c.derivative[mode](convolve(operations.mask(first, b.output), kernelB));
    },
    // A normalisation's Jacobian is symmetric, so its adjoint is itself.
    adjoint: (mode, g) => {
      const second = transposed(c.derivative[mode](g), kernelB);
      return a.derivative[mode](transposed(b.derivative[mode](operations.mask(second, b.output)), kernelA));
    },
  };
}

const transposed = (y: Tensor4D, kernel: Tensor4D): Tensor4D => conv2dTranspose(y, kernel, y.shape, 1, 'same');

interface Normalised {
  readonly output: Tensor4D;
  readonly moments: Moments;
  /** Symmetric: `scale / s (I - 1 1^T / n - h h^T / n)` for each channel with n values, where h is the normalised map. */
  readonly derivative: Readonly<Record<NormalisationMode, LinearMap>>;
}

const channelMean = (x: Tensor4D): Tensor1D => mul(sum(x, [0, 1, 2]), 1 / (x.size / x.shape[3]));

function normalise(x: Tensor4D, { scale, offset }: Norm, epsilon: number, fixed?: Moments): Normalised {
  const mean: Tensor1D = fixed?.mean ?? channelMean(x);
  const centred: Tensor4D = sub(x, mean);
  const variance: Tensor1D = fixed?.variance ?? channelMean(square(centred));
  const inverse: Tensor1D = rsqrt(add<Tensor1D>(variance, epsilon));
  const factor: Tensor1D = mul(scale, inverse);
  const normalised: Tensor4D = mul(centred, inverse);
  return {
    output: add(mul(normalised, scale), offset),
    moments: { mean, variance },
    derivative: {
      frozen: (v) => mul(v, factor),
      training: (v) => {
        const own: Tensor4D = sub(v, channelMean(v));
        return mul(sub<Tensor4D>(own, mul(normalised, channelMean(mul(normalised, own)))), factor);
      },
    },
  };
}
