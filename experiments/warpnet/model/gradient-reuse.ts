/**
 * Re-use of gradients (§3.2, and what its review asks for): the gradient that a branch `F_j` sends back to `x1` is replaced
 * by that of its BN-less derivative, `F_j'(x1)^T g`, which the term `F_j'v` computes anyway. What arrives at the branch's
 * output and at the term is the same `g`, so that nothing has to be computed: it is handed on.
 *
 * The branch's kernels, and its second and third normalisation, keep gradients of their own, and so the backward pass of
 * `Conv_b` stays. That of `Conv_a` falls away. What it would have given to the first normalisation, whose scale and offset
 * are trained, is taken from the derivative as well: without BN the gradient there and at `x1` are one.
 */
import { customGrad, mul, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import type { Term } from '../layouts/layout.js';

/**
 * Units with a derivative in the sum whose own output goes nowhere but into the sum: then the same gradient arrives at both.
 * In WarpNet1 all but the first; in WarpNet2 the last, since `Fj'Fi` needs the other outputs.
 */
export function unitsThatReuse(terms: readonly Term[]): Set<number> {
  const derivatives = terms.filter((term) => term.kind === 'derivative');
  const needed = new Set(derivatives.map(({ of }) => of));
  return new Set(derivatives.map(({ unit }) => unit).filter((unit) => !needed.has(unit)));
}

/**
 * `v`, on its device of `bracket`; what gradient comes back to it goes to `takers` too, times `factor`. All of them are
 * [batch, height, width, channels].
 */
export const sharedGradient = (
  pass: ForwardPass,
  bracket: number,
  v: Shards,
  takers: readonly Shards[],
  factor: number,
): Shards =>
  pass.map(bracket, v, (part, replica) => {
    const others = takers.map((shards) => {
      const other = shards[replica];
      if (!other) throw new Error('Internal error: feature maps differ in their number of parts');
      return other;
    });
    const share = customGrad<Tensor4D>((...inputs) => ({
      value: (inputs[0] as Tensor4D).clone(),
      gradFunc: (dy) => {
        // A tensor each: tfjs disposes of those that it has added up.
        const scaled = (): Tensor => (factor === 1 ? dy.clone() : mul(dy, factor));
        return [dy, ...others.map(scaled)];
      },
    }));
    return share(part, ...others);
  });
