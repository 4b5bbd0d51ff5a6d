/**
 * Readings of A1: R1 to R4 of the paper's text, and what the authors' two codes do. Both convolve the 0/1 mask itself, with
 * reversed kernels: `released` (TensorFlow, behind the paper's numbers) in width and input channels, `port` (PyTorch, later)
 * in height and width.
 */
export const derivativeReadings = ['R1', 'R2', 'R3', 'R4', 'released', 'port'] as const;
export type DerivativeReading = (typeof derivativeReadings)[number];

/** The choices of a protocol that change what a network computes (ambiguity register, method.md 13). */
export interface NetworkOptions {
  /** A1: how `F' v` is evaluated. */
  readonly derivative: DerivativeReading;
  /** A2: for K >= 3, `F3'x1` once, or once for each `F3'Fi` that it replaces. */
  readonly derivativeTerms: 'once' | 'per-pair';
  /** A3: what widens the channels between stages. */
  readonly widening: 'copies' | 'zeros';
  /** A8. */
  readonly batchNorm: 'fused' | 'moments';
  readonly batchNormEpsilon: number;
  /** Statistics that normalise a batch in evaluation. */
  readonly batchNormEvaluation: 'running' | 'batch';
  /** A17: data parallelism only. */
  readonly batchNormReplicas: 'per-replica' | 'synchronised';
}
