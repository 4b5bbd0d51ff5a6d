/** Growth told from few points. */
import { describe, expect, it } from 'vitest';
import {
  fitLogarithmicGrowth,
  fitPowerGrowth,
  spreadOf,
  type GrowthPoint,
} from '../../../../harness/report/measured/growth.js';

const places = [3, 6, 9, 18, 27];
const pointsOf = (value: (x: number) => number): GrowthPoint[] => places.map((x) => ({ x, value: value(x) }));

describe('the exponent', () => {
  it.each([0.5, 1, 1.5, 2])('of a + b x^%f is found, whatever a and b', (exponent) => {
    const found = fitPowerGrowth(pointsOf((x) => 40 + 7 * x ** exponent));
    // Exponents are tried in hundredths.
    expect(found?.exponent).toBeCloseTo(exponent, 2);
    expect((found?.interval.high ?? NaN) - (found?.interval.low ?? NaN)).toBeLessThan(0.05);
    expect(found?.misfit).toBeLessThan(1e-3);
  });

  it('of a logarithm is 0', () => {
    expect(fitPowerGrowth(pointsOf((x) => 5 + 3 * Math.log(x)))?.exponent).toBe(0);
  });

  it('has an interval that widens with the distance of the points from a curve, and holds the true one', () => {
    const away = [1, -1, 1, -1, 1];
    const noisy = (size: number) => places.map((x, index) => ({ x, value: 10 + x + size * (away[index] ?? 0) }));
    const width = (size: number): number => {
      const { low, high } = fitPowerGrowth(noisy(size))?.interval ?? { low: NaN, high: NaN };
      expect(low).toBeLessThanOrEqual(1);
      expect(high).toBeGreaterThanOrEqual(1);
      return high - low;
    };
    expect(width(0.5)).toBeGreaterThan(2 * width(0.05));
  });

  it('is not told from three points, which any exponent fits', () => {
    expect(fitPowerGrowth(pointsOf((x) => x).slice(0, 3))).toBeNull();
  });
});

describe('a logarithm', () => {
  it('adds the same at each doubling', () => {
    const found = fitLogarithmicGrowth(pointsOf((x) => 20 + 3 * Math.log2(x)));
    expect(found?.perDoubling).toBeCloseTo(3, 9);
    expect(found?.interval.low).toBeCloseTo(3, 6);
    expect(found?.misfit).toBeLessThan(1e-9);
  });

  it('does not fit a straight line', () => {
    expect(fitLogarithmicGrowth(pointsOf((x) => x))?.misfit).toBeGreaterThan(0.05);
  });
});

it('what does not grow has no spread', () => {
  expect(spreadOf(pointsOf(() => 7))).toBe(0);
  expect(spreadOf(pointsOf((x) => 100 + x / 27))).toBeLessThan(0.01);
});
