/** Theorem 1 (§2.4): which terms the expansion of K residual units has. */

/**
 * The terms of `x_{K+1}` as index lists c(1) < ... < c(k), each standing for `F'_{c(k)} ... F'_{c(2)} F_{c(1)}` at `x1`.
 * Ordered by power k, then by the indices. The empty list is the identity path.
 */
export function expansionTerms(K: number): readonly (readonly number[])[] {
  const subsets: number[][] = [[]];
  for (let unit = 1; unit <= K; unit += 1) subsets.push(...subsets.map((subset) => [...subset, unit]));
  return subsets.sort((a, b) => a.length - b.length || compareIndices(a, b));
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((index, position) => index !== b[position]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
