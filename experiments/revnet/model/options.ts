/** The choices of a protocol that change a network's step. */
import type { BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';

/**
 * What a RevNet's training step keeps of the forward pass, and how the rest comes back in the backward pass.
 * `plain`: everything is kept. `checkpoint-sqrt`: the input of every sqrt(n)-th of a stage's n units is kept and the units
 * from there on are run again. `checkpoint-recursive`: only the input of the stage's first unit, halved again and again.
 * `reversible-4N`, `reversible-5N`: only the last unit's output; each unit is inverted, and the branches that inverting runs
 * are differentiated (4N), or run once more to be differentiated (5N).
 */
export const backwardPasses = [
  'plain',
  'checkpoint-sqrt',
  'checkpoint-recursive',
  'reversible-4N',
  'reversible-5N',
] as const;
export type BackwardPass = (typeof backwardPasses)[number];

export interface NetworkOptions extends BatchNormOptions {
  readonly backward: BackwardPass;
}
