/** What a network needs beyond plain tfjs ops. Each engine implements it; networks know devices only by number. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

export interface BatchStatistics {
  /** The normalised batch, [batch, height, width, channels]. */
  readonly y: Tensor4D;
  /** Mean of the batch, [channels]. */
  readonly mean: Tensor1D;
  /** Variance of the batch (biased), [channels]. */
  readonly variance: Tensor1D;
}

export interface Operations {
  /**
   * Places every op that `build` records, and later its backward pass, on a logical device (0 … devices - 1).
   * Scopes nest. On an engine with one device it only calls `build`.
   */
  onDevice<T>(device: number, build: () => T): T;
  /** `v * 1[pre > 0]`, element-wise: the pattern of `F'` (method.md 4.2). No gradient flows to `pre`. */
  mask<T extends Tensor>(v: T, pre: Tensor): T;
  /** The same values, off the tape. */
  stopGradient<T extends Tensor>(x: T): T;
  /**
   * `x`, off the tape, handed on only when all of `earlier` have been computed: what is computed from it does not begin
   * before. All of them are on one device.
   */
  after<T extends Tensor>(x: T, earlier: readonly Tensor[]): T;
  /** Training-mode batch normalisation as one fused kernel where the engine has one. Differentiable in x, scale, offset. */
  fusedBatchNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, epsilon: number): BatchStatistics;
  /** Per-image softmax cross-entropy in nats, [batch]; `labels` are int32 class indices, [batch]. */
  crossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D;
}
