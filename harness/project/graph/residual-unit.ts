/** A residual branch `F_i` and its derivative applied to a vector, as recorded operations (method.md 4, 6.1). */
import type { NetworkOptions } from '../../../experiments/warpnet/model/options.js';
import {
  convolution,
  reversed,
  fusedBatchNorm,
  indicator,
  mask,
  momentsBatchNorm,
  relu,
  transposedConvolution,
  updateStatistic,
} from './primitives.js';
import type { StepRecorder, Symbolic } from './recorder.js';

export interface BatchNormWeights {
  readonly scale: Symbolic;
  readonly offset: Symbolic;
}

/** The kernels that `F` and `F'` share, [3, 3, channels, channels]. */
export interface UnitKernels {
  readonly kernelA: Symbolic;
  readonly kernelB: Symbolic;
}

/** Weights of one unit. */
export interface UnitWeights extends UnitKernels {
  readonly norms: readonly [BatchNormWeights, BatchNormWeights, BatchNormWeights];
}

export type BuildOptions = Pick<
  NetworkOptions,
  'derivative' | 'derivativeTerms' | 'widening' | 'batchNorm' | 'batchNormEvaluation'
>;

/** Declares the weights of one unit of `channels` channels on the current device. */
export function unitWeights(r: StepRecorder, channels: number): UnitWeights {
  const norm = () => normWeights(r, channels);
  return {
    kernelA: r.variable([3, 3, channels, channels]),
    kernelB: r.variable([3, 3, channels, channels]),
    norms: [norm(), norm(), norm()],
  };
}

export const normWeights = (r: StepRecorder, channels: number): BatchNormWeights => ({
  scale: r.variable([channels]),
  offset: r.variable([channels]),
});

/** All weights of a unit, in the order of the network: what normalises before each kernel, and after the last. */
export function weightsOf({ kernelA, kernelB, norms: [first, second, third] }: UnitWeights): Symbolic[] {
  const both = ({ scale, offset }: BatchNormWeights): Symbolic[] => [scale, offset];
  return [...both(first), kernelA, ...both(second), kernelB, ...both(third)];
}

/** Options of a part whose running averages are kept elsewhere. */
export const withoutStatistics = (options: BuildOptions): BuildOptions => ({
  ...options,
  batchNormEvaluation: 'batch',
});

export function batchNorm(r: StepRecorder, x: Symbolic, weights: BatchNormWeights, options: BuildOptions): Symbolic {
  const build = options.batchNorm === 'fused' ? fusedBatchNorm : momentsBatchNorm;
  const { y, mean, variance } = build(r, x, weights.scale, weights.offset);
  if (options.batchNormEvaluation === 'running') for (const value of [mean, variance()]) updateStatistic(r, value);
  return y;
}

export interface Branch {
  readonly output: Symbolic;
  /** Pre-activation of the branch: what decides the pattern of reading R2. */
  readonly preActivation: Symbolic;
}

/** `F(x)`: BN, conv, BN, ReLU, conv, BN. */
export function residualBranch(r: StepRecorder, x: Symbolic, unit: UnitWeights, options: BuildOptions): Branch {
  const preActivation = batchNorm(
    r,
    convolution(r, batchNorm(r, x, unit.norms[0], options), unit.kernelA),
    unit.norms[1],
    options,
  );
  const output = batchNorm(r, convolution(r, relu(r, preActivation), unit.kernelB), unit.norms[2], options);
  return { output, preActivation };
}

/** The same tensor where no gradient flows back from. */
export const untaped = (tensor: Symbolic): Symbolic => ({ ...tensor, differentiable: false });

/** Patterns that a derivative may take its ReLU from; each is built only where a reading asks for it. */
export interface Patterns {
  /** `Conv_a(x)`; on the tape where it is `Conv_a(v)` too. */
  readonly linear: () => Symbolic;
  /** What the ReLU of `F(x)` sees. */
  readonly ofBranch: () => Symbolic;
}

/** `F'(x) v` under the readings of A1. */
export function derivativeBranch(
  r: StepRecorder,
  v: Symbolic,
  { kernelA, kernelB }: UnitKernels,
  patterns: Patterns,
  options: BuildOptions,
): Symbolic {
  switch (options.derivative) {
    case 'R1': {
      const pre = patterns.linear();
      return convolution(r, mask(r, pre.differentiable ? pre : convolution(r, v, kernelA), pre), kernelB);
    }
    case 'R2':
      return convolution(r, mask(r, convolution(r, v, kernelA), patterns.ofBranch()), kernelB);
    case 'R3':
      return convolution(r, relu(r, convolution(r, v, kernelA)), kernelB);
    case 'R4':
      return transposedConvolution(r, mask(r, transposedConvolution(r, v, kernelB), patterns.linear()), kernelA);
    case 'released':
    case 'port': {
      // The comparison has no gradient: only the second kernel learns from this branch (protocols/released-code.yaml).
      const pre = convolution(r, untaped(v), untaped(reversed(r, untaped(kernelA))));
      return convolution(r, indicator(r, pre), reversed(r, kernelB));
    }
  }
}
