/**
 * One warp layer: the terms of Theorem 1 that the experiments keep, all evaluated at the layer's input `x1`, each in the
 * bracket of its layout. Forward it costs one broadcast of `x1` and one reduction of partial sums; backward the same.
 */
import { mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { applyDerivative } from './derivative.js';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { bracketsOf, type Layout, type Term } from '../layouts/layout.js';
import type { NetworkOptions } from './options.js';
import { convolve, residualBranch, type Branch } from './residual-unit.js';

/** The K units of a layer, as functions: units count from 1 within the layer. */
export interface LayerUnits {
  /** `F_j(x)` computed on `bracket`. */
  branch(unit: number, bracket: number, x: Shards): Branch;
  /** `F_j'(x1) v` computed on `bracket`; `preActivation` brings the branch's own (R2). */
  derivative(unit: number, bracket: number, x1: Shards, v: Shards, preActivation: () => Shards): Shards;
}

/** `x1` plus every term of the layout, on the home bracket. */
export function warpLayer(pass: ForwardPass, layout: Layout, units: LayerUnits, x1: Shards): Shards {
  const brackets = bracketsOf(layout);
  const inputs = brackets.map((_, bracket) => pass.transfer(x1, 0, bracket));
  const inputOf = (bracket: number): Shards => inputs[bracket] ?? x1;

  // All branches come before any derivative: `Fj'Fi` needs `Fi`, perhaps from a later bracket.
  const branches = new Map<number, Branch & { readonly bracket: number }>();
  for (const [bracket, terms] of brackets.entries())
    for (const term of terms)
      if (term.kind === 'residual')
        branches.set(term.unit, { ...units.branch(term.unit, bracket, inputOf(bracket)), bracket });
  const branchOf = (unit: number) => {
    const branch = branches.get(unit);
    if (!branch) throw new Error(`Internal error: no bracket computes F${unit}`);
    return branch;
  };

  const recomputed = new Map<string, Shards>();
  const vector = (unit: number, bracket: number): Shards => {
    const branch = branchOf(unit);
    if (branch.bracket === bracket || layout.kind !== 'operator' || !layout.recompute)
      return pass.transfer(branch.output, branch.bracket, bracket);
    const key = `F${unit}@${bracket}`;
    const output = recomputed.get(key) ?? units.branch(unit, bracket, inputOf(bracket)).output;
    recomputed.set(key, output);
    return output;
  };

  const termValue = (term: Term, bracket: number): Shards => {
    if (term.kind === 'residual') return branchOf(term.unit).output;
    const v = term.of === 'input' ? inputOf(bracket) : vector(term.of, bracket);
    const value = units.derivative(term.unit, bracket, inputOf(bracket), v, () => {
      const branch = branchOf(term.unit);
      return pass.transfer(branch.preActivation, branch.bracket, bracket);
    });
    return term.coefficient === 1 ? value : pass.map(bracket, value, (part) => mul(part, term.coefficient));
  };

  const partialSums = brackets.map((terms, bracket) =>
    pass.sum(
      bracket,
      terms.map((term) => termValue(term, bracket)),
    ),
  );
  return pass.sum(0, [x1, ...partialSums]);
}

function missing(): never {
  throw new Error('Internal error: a layout names a unit, or a feature map a part, that is not there');
}

/** The units of a network's layer; `names[j - 1]` is where unit j keeps its weights. */
export function convolutionalUnits(pass: ForwardPass<NetworkOptions>, names: readonly string[]): LayerUnits {
  const nameOf = (unit: number): string => names[unit - 1] ?? missing();
  const linear = new Map<string, Tensor4D>();

  return {
    branch: (unit, bracket, x) => residualBranch(pass, nameOf(unit), bracket, x),
    derivative: (unit, bracket, x1, v, preActivation) => {
      const own = pass.options.derivative === 'R2' ? preActivation() : undefined;
      return pass.map(bracket, v, (part, replica) => {
        const name = nameOf(unit);
        const point = x1[replica] ?? missing();
        const kernelA = pass.kernel(`${name}/convolutionA`, bracket, replica);
        const kernelB = pass.kernel(`${name}/convolutionB`, bracket, replica);
        return applyDerivative(pass.operations, pass.options.derivative, {
          x1: point,
          v: part,
          kernelA,
          kernelB,
          linearPreActivation: () => {
            const key = `${name}@${bracket}/${replica}`;
            const known = linear.get(key) ?? convolve(point, kernelA);
            linear.set(key, known);
            return known;
          },
          branchPreActivation: () => own?.[replica] ?? missing(),
        });
      });
    },
  };
}
