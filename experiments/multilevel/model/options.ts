/** The choices of a protocol that change a network's step or how it grows. */
import type { BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';

/**
 * What halves a residual branch when the blocks are doubled. `step-size`: the constant h before it. `kernels`: its two
 * convolutions are multiplied by the square root of a half, and there is no h.
 */
export const halvings = ['step-size', 'kernels'] as const;
export type Halving = (typeof halvings)[number];

/**
 * What the block is a copy of that is inserted after a stage's first one. `next-where-shapes-differ`: the first block, or,
 * where that changes the shape, the block behind it. `next`: the block behind it in every stage. `fitting`: the first
 * block as far as its shapes fit; the rest begins as in a new network.
 */
export const firstCopies = ['next-where-shapes-differ', 'next', 'fitting'] as const;
export type FirstCopy = (typeof firstCopies)[number];

export interface NetworkOptions extends BatchNormOptions {
  readonly halving: Halving;
  /** Whether h is before the first branch of a stage too. */
  readonly stepSizeOfFirst: 'scaled' | 'one';
}

export interface GrowthOptions extends Pick<NetworkOptions, 'halving'> {
  readonly firstCopy: FirstCopy;
  /** What becomes of the momentum of every weight. */
  readonly growthMomentum: 'carried' | 'fresh';
}
