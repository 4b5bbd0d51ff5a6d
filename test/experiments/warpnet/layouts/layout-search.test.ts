import { describe, expect, it } from 'vitest';
import { termsOf } from '../../../../experiments/warpnet/layouts/layout.js';
import { countLayouts, searchLayout } from '../../../../experiments/warpnet/layouts/layout-search.js';

describe('the search for a layout', () => {
  it('counts layouts: partitions into at most so many brackets, times the choice of the first', () => {
    // Three terms: one partition in one bracket, three in two (either first), one in three (any first).
    expect(countLayouts(3, 3)).toBe(1 + 3 * 2 + 3);
    expect(countLayouts(3, 2)).toBe(1 + 3 * 2);
    expect(countLayouts(3, 1)).toBe(1);
  });

  /** A toy: the most loaded bracket, plus a little for every bracket used. */
  const load: Parameters<typeof searchLayout>[3] = ({ brackets }) =>
    Math.max(...brackets.map((bracket) => bracket.length)) + 0.01 * brackets.length;

  it.each([
    ['exhaustive', 'warpnet1', 2, 2, 2.02],
    ['climbing', 'warpnet1', 5, 3, 3.03],
    ['climbing', 'warpnet2', 4, 5, 2.05],
  ] as const)(
    '%s: spreads the terms of %s, K = %i, evenly over %i devices, each once',
    (_, family, K, devices, best) => {
      const network = { family, K, Nwarp: 1, kw: 1, classes: 10 };
      const found = searchLayout(network, devices, 'once', load);
      expect(found.time).toBeCloseTo(best, 9);
      const text = (terms: readonly object[]) => terms.map((term) => JSON.stringify(term)).sort();
      expect(text(found.layout.brackets.flat())).toEqual(text([...termsOf(network, 'once')]));
    },
  );
});
