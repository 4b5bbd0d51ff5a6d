/** The choices of a protocol that change a network and how it is trained (ambiguity register, method.md 13). */
import type { BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';
import type { Widening } from '../../../harness/model/layers/widening.js';

/**
 * Readings of A1: R1 to R4 of the paper's text, and what the authors' two codes do. Both convolve the 0/1 mask itself, with
 * reversed kernels: `released` (TensorFlow, behind the paper's numbers) in width and input channels, `port` (PyTorch, later)
 * in height and width.
 */
export const derivativeReadings = ['R1', 'R2', 'R3', 'R4', 'released', 'port'] as const;
export type DerivativeReading = (typeof derivativeReadings)[number];

/** Batch normalisation is A8, over replicas A17. */
export interface NetworkOptions extends BatchNormOptions {
  /** A1: how `F' v` is evaluated. */
  readonly derivative: DerivativeReading;
  /** A2: for K >= 3, `F3'x1` once, or once for each `F3'Fi` that it replaces. */
  readonly derivativeTerms: 'once' | 'per-pair';
  /** What the input gradient of a branch with a derivative term is: its own, or that of the term (`gradient-reuse.ts`); `none` where it is left out. */
  readonly gradientReuse?: 'none' | 'derivative' | undefined;
  /** A3: what widens the channels between stages. */
  readonly widening: Widening;
  /**
   * A7. `he`: kernels and classifier weights normal with variance 2 / fan-in.
   * `released`: kernels from a normal of variance 2.6 / fan-in cut at two deviations, which has variance 2 / fan-in (the
   * 1.3 is how TensorFlow's `variance_scaling_initializer` makes up for the cut); classifier weights uniform in
   * +-sqrt(3 / fan-in), `uniform_unit_scaling_initializer`.
   */
  readonly initialisation: 'he' | 'released';
  /** A16: what weight decay covers: everything trained; kernels and classifier weights; those and the classifier's bias. */
  readonly weightDecayScope: 'all' | 'weights' | 'weights-and-bias';
}
