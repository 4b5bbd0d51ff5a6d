import { describe, expect, it } from 'vitest';
import { plain, withShortcut } from '../../../experiments/shortcut/model/arms.js';
import { spuriousPoint } from '../../../experiments/shortcut/model/end-points.js';
import { stableRateA, stableRateV } from '../../../experiments/shortcut/model/stability.js';
import { drawStart } from '../../../experiments/shortcut/model/start.js';
import { teacher } from '../../../experiments/shortcut/model/teacher.js';
import { recordTrajectory } from '../../../experiments/shortcut/model/trajectory.js';
import { runOnce, runTrials, successRate } from '../../../experiments/shortcut/model/trials.js';
import { dot, sum } from '../../../experiments/shortcut/model/vectors.js';

const of = teacher({ k: 16, p: 8, r: 1 });

describe('starts', () => {
  it('depend on seed and run alone, and all arms start from equal second layers', () => {
    const start = drawStart(of, 'random', 1, 0);
    expect(drawStart(of, 'random', 1, 0)).toEqual(start);
    expect(drawStart(of, 'random', 1, 1)).not.toEqual(start);
    expect(drawStart(of, 'random', 2, 0)).not.toEqual(start);
    expect(drawStart(of, 'shortcut', 1, 0).a).toEqual(start.a);
    expect([...drawStart(of, 'shortcut', 1, 0).v]).toEqual(new Array(8).fill(1 / Math.sqrt(8)));
  });

  it('fill the ball of radius |1.a*| / sqrt k uniformly, and the sphere', () => {
    const small = teacher({ k: 3, p: 3, r: 1, norm: 2 });
    const radius = 2 / Math.sqrt(3);
    let inner = 0;
    let upper = 0;
    let cap = 0;
    const runs = 10_000;
    for (let run = 0; run < runs; run++) {
      const { a, v } = drawStart(small, 'random', 3, run);
      const length = Math.sqrt(dot(a, a));
      expect(length).toBeLessThanOrEqual(radius);
      if (length < radius / 2) inner += 1;
      if (sum(a) > 0) upper += 1;
      if ((v[0] ?? 0) > 0.5) cap += 1;
    }
    // An eighth of the ball lies within half its radius, a quarter of the sphere above 0.5 (Archimedes); 4.5 standard errors.
    for (const [count, share] of [
      [inner, 1 / 8],
      [upper, 1 / 2],
      [cap, 1 / 4],
    ] as const)
      expect(Math.abs(count - runs * share)).toBeLessThan(4.5 * Math.sqrt(runs * share * (1 - share)));
  });
});

describe('end points', () => {
  const counts = (arm: Parameters<typeof runTrials>[0]['arm'], steps?: number): ReturnType<typeof runTrials> =>
    runTrials({ teacher: of, arm, trials: 100, seed: 1, ...(steps === undefined ? {} : { steps }) });

  it('are global or spurious where there are steps enough, and the latter really is approached', () => {
    const { global, spurious } = counts(plain(0.3));
    expect(global).toBeGreaterThan(20);
    expect(spurious).toBeGreaterThan(20);
    expect(global + spurious).toBe(100);
    const goal = spuriousPoint(of);
    // A run by hand from where it was caught: nothing of the test for being caught is used.
    for (let run = 0; run < 20; run++) {
      let last: { angle: number; projection: number; loss: number; step: (a: number, v: number) => void } | undefined;
      const { end } = runOnce({ teacher: of, arm: plain(0.3), seed: 1 }, run, (point) => (last = point));
      if (end !== 'spurious' || !last) continue;
      for (let step = 0; step < 20_000; step++) last.step(0.3, 0.3);
      expect(last.angle).toBeGreaterThan(3.1);
      expect(last.projection).toBeCloseTo(goal.projection, 3);
      expect(last.loss).toBeCloseTo(goal.loss, 4);
    }
  });

  it('are unfinished where the steps run out', () => {
    expect(counts(withShortcut('warm-up', 100), 100)).toMatchObject({ global: 0, unfinished: 100, unstable: 0 });
    expect(counts(plain(1e-4), 200).unfinished).toBeGreaterThan(50);
  });

  it('are unstable where a rate is too large for a, or for v', () => {
    const stages = (rateA: number, rateV: number) => [{ rateA, rateV, until: 'end' as const }];
    expect(counts({ start: 'random', stages: stages(1.05 * stableRateA(of), 0.1) }, 5000)).toMatchObject({
      unstable: 100,
    });
    // The spurious point still attracts at this rate, and a few runs end there.
    const tooFast = counts({ start: 'shortcut', stages: stages(0.1, 1.5 * stableRateV(of)) }, 2000);
    expect(tooFast.unstable).toBeGreaterThan(90);
    expect(tooFast.unstable + tooFast.spurious).toBe(100);
    expect(counts({ start: 'shortcut', stages: stages(0.1, 0.9 * stableRateV(of)) }, 5000)).toMatchObject({
      global: 100,
    });
  });

  it('of impossible rates are refused', () => {
    for (const make of [() => plain(0), () => plain(NaN), () => withShortcut('warm-up', -1)])
      expect(make).toThrow(expect.objectContaining({ code: 'RATE_IMPOSSIBLE' }));
  });
});

describe('trials', () => {
  const options = { teacher: of, arm: plain(0.3), trials: 200, seed: 9 };
  it('repeat exactly, and differ by seed', () => {
    expect(runTrials(options)).toEqual(runTrials(options));
    expect(runTrials({ ...options, seed: 10 })).not.toEqual(runTrials(options));
  });

  it('have a success rate within its interval, which narrows with more runs', () => {
    const once = runTrials(options);
    const { rate, interval } = successRate(once);
    expect(rate).toBe(once.global / 200);
    expect(interval.low).toBeLessThan(rate);
    expect(interval.high).toBeGreaterThan(rate);
    const narrower = successRate(runTrials({ ...options, trials: 400 })).interval;
    expect(narrower.high - narrower.low).toBeLessThan(interval.high - interval.low);
    // All of 100: Wilson's lower end is n / (n + z^2).
    const all = successRate({ ...once, trials: 100, global: 100 });
    expect(all.interval.low).toBeCloseTo(100 / (100 + 1.959964 ** 2), 6);
    expect(all.interval.high).toBe(1);
  });
});

describe('a trajectory', () => {
  it('leads from the start to the end point of its run, in steps of the wanted spacing', () => {
    const options = { teacher: of, arm: withShortcut('constant-rates', 100), seed: 3 };
    const goal = spuriousPoint(of);
    const ends = new Set<string>();
    for (let run = 0; run < 40; run++) {
      const { points, end, steps } = recordTrajectory(options, run, 0.02);
      expect(end).toBe(runOnce(options, run).end);
      ends.add(end);
      expect(points[0]?.step).toBe(0);
      expect(points[0]?.angle).toBeCloseTo(Math.PI / 3, 12);
      const last = points.at(-1);
      expect(last?.step).toBe(steps);
      const [angle, { projection, loss }] = end === 'global' ? [0, { projection: 1, loss: 0 }] : [Math.PI, goal];
      expect(last?.angle).toBeCloseTo(angle, 1);
      expect(last?.projection).toBeCloseTo(projection, 1);
      expect(last?.loss).toBeCloseTo(loss, 3);
      expect(points.length).toBeGreaterThan(10);
      expect(points.length).toBeLessThan(300);
    }
    expect([...ends].sort()).toEqual(['global', 'spurious']);
  });
});
