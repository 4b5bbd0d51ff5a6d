/** The terms of Theorem 1 (method.md 2) as feature maps: products of derivatives of K units at one point. */
import { add, type Tensor4D } from '@tensorflow/tfjs-core';
import { expansionTerms } from '../theorem.js';

/** A residual branch at the point around which a layer is expanded. */
export interface BranchAtPoint {
  /** `F(x1)`, [batch, height, width, channels]. */
  readonly output: Tensor4D;
  /** `F'(x1) v`. */
  readonly derivative: (v: Tensor4D) => Tensor4D;
}

/**
 * `F'_{c(k)} ... F'_{c(2)} F_{c(1)}` for every non-empty subset of the units with at most `highest` of them, by power: the first list has power 1.
 */
export function termsByPower(branches: readonly BranchAtPoint[], highest = branches.length): Tensor4D[][] {
  const known = new Map<string, Tensor4D>();
  const byPower: Tensor4D[][] = Array.from({ length: highest }, () => []);
  // Shorter terms come first, so that what a derivative is applied to is there.
  for (const indices of expansionTerms(branches.length)) {
    const power = indices.length;
    const branch = branches[(indices.at(-1) ?? 0) - 1];
    if (power > highest || branch === undefined) continue;
    const before = known.get(indices.slice(0, -1).join());
    const value = before === undefined ? branch.output : branch.derivative(before);
    known.set(indices.join(), value);
    byPower[power - 1]?.push(value);
  }
  return byPower;
}

/** WarpNet1's terms (method.md 3.4): every branch, and each derivative but the first unit's once, applied to `x1`. */
export const termsAtInput = (branches: readonly BranchAtPoint[], x1: Tensor4D): Tensor4D[] => [
  ...branches.map(({ output }) => output),
  ...branches.slice(1).map(({ derivative }) => derivative(x1)),
];

export const total = (terms: readonly Tensor4D[]): Tensor4D => terms.reduce((sum, term) => add(sum, term));
