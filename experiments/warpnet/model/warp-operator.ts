/**
 * One warp layer: the terms of Theorem 1 that the experiments keep, all evaluated at the layer's input `x1`, each in the
 * bracket of its layout. Forward it costs one broadcast of `x1` and one reduction of partial sums; backward the same.
 */
import { mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { applyDerivative } from './derivative.js';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { bracketsOf, type Layout, type Term } from '../layouts/layout.js';
import { sharedGradient, unitsThatReuse } from './gradient-reuse.js';
import type { NetworkOptions } from './options.js';
import { convolve, residualBranch, type Branch, type DetachedBranch } from './residual-unit.js';

/** The K units of a layer, as functions: units count from 1 within the layer. */
export interface LayerUnits {
  /** `F_j(x)` computed on `bracket`. */
  branch(unit: number, bracket: number, x: Shards): Branch;
  /** `F_j'(x1) v` computed on `bracket`; `preActivation` brings the branch's own (R2). */
  derivative(unit: number, bracket: number, x1: Shards, v: Shards, preActivation: () => Shards): Shards;
}

export interface LayerOptions {
  /** Whether a device that holds several `Fj'Fi` of one unit j computes `Fj'` of their sum. */
  readonly mergedProducts?: boolean;
  /** Computes branches that take the gradient of their input from their derivative's term (`gradient-reuse.ts`). */
  readonly reusingBranch?: (unit: number, bracket: number, x: Shards) => DetachedBranch;
}

/** `x1` plus every term of the layout, on the home bracket. */
export function warpLayer(
  pass: ForwardPass,
  layout: Layout,
  units: LayerUnits,
  x1: Shards,
  { mergedProducts = false, reusingBranch }: LayerOptions = {},
): Shards {
  const brackets = bracketsOf(layout);
  const inputs = brackets.map((_, bracket) => pass.transfer(x1, 0, bracket));
  const inputOf = (bracket: number): Shards => inputs[bracket] ?? x1;
  const reusing = reusingBranch === undefined ? new Set<number>() : unitsThatReuse(brackets.flat());
  /** What those branches normalised, by unit: each is asked for once. */
  const normalised = new Map<number, Shards>();

  // All branches come before any derivative: `Fj'Fi` needs `Fi`, perhaps from a later bracket.
  const branches = new Map<number, Branch & { readonly bracket: number }>();
  for (const [bracket, terms] of brackets.entries())
    for (const { kind, unit } of terms) {
      if (kind !== 'residual') continue;
      const detached = reusing.has(unit) ? reusingBranch?.(unit, bracket, inputOf(bracket)) : undefined;
      branches.set(unit, { ...(detached ?? units.branch(unit, bracket, inputOf(bracket))), bracket });
      if (detached !== undefined) normalised.set(unit, detached.normalised);
    }
  const branchOf = (unit: number) => {
    const branch = branches.get(unit);
    if (!branch) throw new Error(`Internal error: no bracket computes F${unit}`);
    return branch;
  };

  const recomputed = new Map<string, Shards>();
  const outputOf = (unit: number, bracket: number): Shards => {
    const branch = branchOf(unit);
    if (branch.bracket === bracket || layout.kind !== 'operator' || !layout.recompute)
      return pass.transfer(branch.output, branch.bracket, bracket);
    const key = `F${unit}@${bracket}`;
    const output = recomputed.get(key) ?? units.branch(unit, bracket, inputOf(bracket)).output;
    recomputed.set(key, output);
    return output;
  };

  /** `Fj'` of `x1`, or of the sum of the outputs that it is applied to. */
  const derivativeOf = ({ unit, coefficient, of }: Product, bracket: number): Shards => {
    let point = inputOf(bracket);
    let v =
      of[0] === 'input'
        ? point
        : pass.sum(
            bracket,
            of.map((other) => outputOf(Number(other), bracket)),
          );
    const own = normalised.get(unit);
    if (own !== undefined) {
      normalised.delete(unit);
      const takers = [point, pass.transfer(own, branchOf(unit).bracket, bracket)];
      const shared = sharedGradient(pass, bracket, v, takers, 1 / coefficient);
      if (of[0] === 'input') point = shared;
      v = shared;
    }
    const value = units.derivative(unit, bracket, point, v, () => {
      const branch = branchOf(unit);
      return pass.transfer(branch.preActivation, branch.bracket, bracket);
    });
    return coefficient === 1 ? value : pass.map(bracket, value, (part) => mul(part, coefficient));
  };

  const partialSums = brackets.map((terms, bracket) =>
    pass.sum(
      bracket,
      productsOf(terms, mergedProducts).map((term) =>
        typeof term === 'number' ? branchOf(term).output : derivativeOf(term, bracket),
      ),
    ),
  );
  return pass.sum(0, [x1, ...partialSums]);
}

/** `Fj'` of one vector, or of the sum of several outputs. */
interface Product {
  readonly unit: number;
  readonly coefficient: number;
  readonly of: readonly Extract<Term, { kind: 'derivative' }>['of'][];
}

/** What a bracket adds up, in its order: the numbers of branches, and derivatives, those of one unit as one where they merge. */
function productsOf(terms: readonly Term[], merged: boolean): (number | Product)[] {
  const found: (number | (Product & { of: Product['of'] }))[] = [];
  for (const term of terms) {
    if (term.kind === 'residual') found.push(term.unit);
    else {
      const { unit, coefficient, of } = term;
      const known = merged
        ? found.find(
            (candidate) => typeof candidate !== 'number' && candidate.unit === unit && candidate.of[0] !== 'input',
          )
        : undefined;
      if (typeof known === 'object') known.of = [...known.of, of];
      else found.push({ unit, coefficient, of: [of] });
    }
  }
  return found;
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
