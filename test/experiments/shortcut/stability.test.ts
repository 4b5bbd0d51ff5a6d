import { describe, expect, it } from 'vitest';
import { isCaught, restingPoint, spuriousPoint } from '../../../experiments/shortcut/model/end-points.js';
import { populationGradient } from '../../../experiments/shortcut/model/population-loss.js';
import { ReducedPoint } from '../../../experiments/shortcut/model/reduced-point.js';
import { spuriousBelow, stableRateA, stableRateV } from '../../../experiments/shortcut/model/stability.js';
import { drawStart } from '../../../experiments/shortcut/model/start.js';
import { teacher, teacherWeights } from '../../../experiments/shortcut/model/teacher.js';
import { dot, sum } from '../../../experiments/shortcut/model/vectors.js';

/** A little away from the teacher in all four numbers. */
const near = (of: ReturnType<typeof teacher>): ReducedPoint =>
  new ReducedPoint(of, 1e-3, of.sum + 1e-3, of.squaredNorm + 1e-3, 1e-3);

function lossAfter(point: ReducedPoint, steps: number, rateA: number, rateV: number): number {
  for (let step = 0; step < steps; step++) point.step(rateA, rateV);
  return point.loss;
}

describe('rates', () => {
  it.each([
    { k: 16, r: 4, norm: 1 },
    { k: 100, r: 9, norm: 1 },
    { k: 4, r: 1, norm: 2 },
  ])('just below the bounds converge, and just above them do not: %j', ({ k, r, norm }) => {
    const of = teacher({ k, p: 8, r, norm });
    const boundA = stableRateA(of);
    const boundV = stableRateV(of);
    expect(lossAfter(near(of), 20_000, 0.99 * boundA, boundV / 2)).toBeLessThan(1e-20);
    expect(lossAfter(near(of), 20_000, 1.01 * boundA, boundV / 2)).not.toBeLessThan(1);
    expect(lossAfter(near(of), 20_000, boundA / 2, 0.99 * boundV)).toBeLessThan(1e-12);
    const unsettled = near(of);
    lossAfter(unsettled, 20_000, boundA / 2, 1.01 * boundV);
    expect(unsettled.angle).toBeGreaterThan(1e-3);
  });
});

describe('the spurious point', () => {
  it('is a point of zero gradient at v = -v*, and its loss is far from 0', () => {
    const of = teacher({ k: 9, p: 4, r: 2 });
    const target = teacherWeights(of);
    const v = target.v.map((value) => -value);
    // Solves (1 1' + (pi - 1) I) a = (1 1' - I) a* by Sherman and Morrison's formula.
    const right = target.a.map((value) => of.sum - value);
    const a = right.map((value) => (value - sum(right) / (of.k + Math.PI - 1)) / (Math.PI - 1));
    const gradient = populationGradient({ a, v }, target);
    expect(Math.max(...gradient.a.map(Math.abs), ...gradient.v.map(Math.abs))).toBeLessThan(1e-14);
    const point = spuriousPoint(of);
    expect(point.sum).toBeCloseTo(sum(a), 12);
    expect(point.projection).toBeCloseTo(dot(a, target.a), 12);
    expect(point.loss).toBeGreaterThan(0.1);
  });

  it.each([
    [16, 5.8],
    [25, 8.6],
    [36, 12.1],
    [64, 21.1],
    [100, 32.5],
  ])('attracts for k = %d only below r = %d', (k, expected) => {
    const bound = spuriousBelow({ k });
    expect(Math.abs(bound - expected)).toBeLessThanOrEqual(0.05);
    const beside = (r: number): ReducedPoint => {
      const of = teacher({ k, p: 8, r });
      const { sum, projection } = spuriousPoint(of);
      return new ReducedPoint(of, Math.PI - 0.1, sum, projection, 0);
    };
    const attracted = beside(bound - 0.2);
    const repelled = beside(bound + 0.2);
    for (let step = 0; step < 20_000; step++) {
      attracted.step(1 / k, 1);
      repelled.step(1 / k, 1);
    }
    expect(attracted.angle).toBeGreaterThan(Math.PI - 0.1);
    expect(repelled.angle).toBeLessThan(Math.PI - 0.2);
  });

  it.each([0.5, 1.2, 1.8])(
    'keeps what it has caught, also where a step overshoots (%d of the way to rest)',
    (share) => {
      const of = teacher({ k: 16, p: 2, r: 1 });
      const rateA = (2 * Math.PI * share) / (of.k + Math.PI - 1);
      let caught = 0;
      for (let run = 0; run < 200; run++) {
        const point = new ReducedPoint(of).moveTo(drawStart(of, 'random', 1, run), teacherWeights(of));
        let since = false;
        let escaped = false;
        for (let step = 0; step < 1000; step++) {
          since ||= isCaught(point, rateA);
          point.step(rateA, rateA);
          escaped ||= since && point.projection >= 0;
        }
        expect(escaped).toBe(false);
        if (since) caught += 1;
        else expect(point.loss).toBeLessThan(1e-4);
      }
      expect(caught).toBeGreaterThan(50);
      expect(caught).toBeLessThan(150);
    },
  );
});

describe('a at rest', () => {
  it('has no gradient in a', () => {
    const point = restingPoint(teacher({ k: 25, p: 8, r: 4 }), 1);
    expect(point.squaredGradientOfA).toBeLessThan(1e-28);
    expect(point.gradientOfAngle).toBeGreaterThan(0.01);
  });
});
