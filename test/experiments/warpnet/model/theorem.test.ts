import { expect, it } from 'vitest';
import { expansionTerms } from '../../../../experiments/warpnet/model/theorem.js';

const binomial = (K: number, k: number): number => (k === 0 ? 1 : (binomial(K, k - 1) * (K - k + 1)) / k);

it.each([1, 2, 3, 4, 5, 6])('Theorem 1 has binom(K, k) terms of power k for K = %i, 2^K in all', (K) => {
  const terms = expansionTerms(K);
  expect(terms).toHaveLength(2 ** K);
  for (let k = 0; k <= K; k += 1) expect(terms.filter((term) => term.length === k)).toHaveLength(binomial(K, k));
  expect(new Set(terms.map(String)).size).toBe(2 ** K);
});

it('lists the terms of Eq. 9 for three units', () => {
  expect(expansionTerms(3)).toEqual([[], [1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]]);
});
