import { describe, expect, it } from 'vitest';
import {
  meanOverSeeds,
  medianStepTime,
  overlap,
  relativeSpeedUp,
  studentQuantile,
  wilsonInterval,
  type TimedSteps,
} from '../../../harness/core/statistics.js';
import { seededRandom } from '../../../harness/core/seeded-random.js';

/** Rounds of steps: `base` milliseconds, drifting with the round, with seeded noise of one per cent. */
function timed(base: number, rounds: number, perRound: number, drift: number, seed: number): TimedSteps {
  const random = seededRandom(seed);
  const milliseconds: number[] = [];
  const numbers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < perRound; step++) {
      milliseconds.push(base * (1 + drift * round) * (1 + 0.01 * (random() - 0.5)));
      numbers.push(round);
    }
  }
  return { milliseconds, rounds: numbers };
}

describe('step times', () => {
  it('gives the median and an interval that holds it, the same each time', () => {
    const steps = timed(100, 8, 5, 0, 3);
    const first = medianStepTime(steps);
    expect(first.median).toBeCloseTo(100, 0);
    expect(first.interval?.low).toBeLessThanOrEqual(first.median);
    expect(first.interval?.high).toBeGreaterThanOrEqual(first.median);
    expect(first).toMatchObject({ steps: 40, rounds: 8 });
    expect(medianStepTime(steps)).toEqual(first);
  });

  it('gives no interval from a single round', () => {
    expect(medianStepTime(timed(100, 1, 9, 0, 3)).interval).toBeNull();
    expect(relativeSpeedUp(timed(100, 1, 9, 0, 3), timed(80, 1, 9, 0, 4)).interval).toBeNull();
  });

  it('sorts long series as it sorts short ones', () => {
    const long = timed(100, 40, 10, 0, 5);
    const interval = medianStepTime(long).interval;
    expect(interval?.low).toBeGreaterThan(99.5);
    expect(interval?.high).toBeLessThan(100.5);
  });
});

describe('relative speed-up', () => {
  it('is the share of the baseline time saved, in percent', () => {
    const baseline = { milliseconds: [100, 100, 100, 100], rounds: [0, 0, 1, 1] };
    const row = { milliseconds: [77, 77, 77, 77], rounds: [0, 0, 1, 1] };
    expect(relativeSpeedUp(baseline, row)).toMatchObject({ percent: 23, interval: { low: 23, high: 23 } });
  });

  it('is negative for a slower row', () => {
    const baseline = { milliseconds: [100, 100], rounds: [0, 1] };
    expect(relativeSpeedUp(baseline, { milliseconds: [110, 110], rounds: [0, 1] }).percent).toBeCloseTo(-10, 10);
  });

  it('cancels a drift that hits both rows in the same rounds', () => {
    // A machine that slows by 5 % a round: medians spread over 40 %, the ratio within a round stays 0.75.
    const baseline = timed(100, 9, 3, 0.05, 7);
    const row = timed(75, 9, 3, 0.05, 8);
    const speedUp = relativeSpeedUp(baseline, row);
    const spread = medianStepTime(baseline).interval;
    expect(speedUp.percent).toBeGreaterThan(24);
    expect(speedUp.percent).toBeLessThan(26);
    expect((speedUp.interval?.high ?? 99) - (speedUp.interval?.low ?? 0)).toBeLessThan(2);
    expect((spread?.high ?? 0) - (spread?.low ?? 0)).toBeGreaterThan(10);
  });

  it('is not fooled by a machine that runs at two speeds', () => {
    // Slow in half of the rounds: the medians over all rounds would compare a slow baseline with a slow row, or not, by luck.
    const speeds = [1, 1.6, 1.6, 1, 1.6, 1, 1.6, 1.6, 1, 1, 1.6, 1];
    const steps = (base: number, slip: number): TimedSteps => ({
      // The speed changes between the two steps of round 5, which only one of the rows meets.
      milliseconds: speeds.flatMap((speed, round) => [base * speed, base * (round === 5 ? speed * slip : speed)]),
      rounds: speeds.flatMap((_, round) => [round, round]),
    });
    const { percent, interval } = relativeSpeedUp(steps(100, 1.6), steps(80, 1));
    expect(percent).toBeCloseTo(20, 6);
    expect(interval?.low).toBeCloseTo(20, 6);
    expect(interval?.high).toBeCloseTo(20, 6);
  });

  it('covers the true value about as often as it says', () => {
    // 200 experiments of 12 rounds with round effects: a 95 % percentile interval of so few blocks covers 85-100 %.
    let covered = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const random = seededRandom(1000 + experiment);
      const noisy = (base: number): TimedSteps => {
        const effects = Array.from({ length: 12 }, () => 1 + 0.1 * (random() - 0.5));
        return {
          milliseconds: effects.flatMap((effect) => [base * effect, base * effect * (1 + 0.01 * (random() - 0.5))]),
          rounds: effects.flatMap((_, round) => [round, round]),
        };
      };
      const interval = relativeSpeedUp(noisy(100), noisy(70), 1, 300).interval;
      if (interval && interval.low <= 30 && interval.high >= 30) covered++;
    }
    expect(covered).toBeGreaterThan(170);
  });
});

describe('errors', () => {
  it('gives n, mean, deviation and a t interval over seeds', () => {
    const { n, mean, deviation, interval } = meanOverSeeds([5.1, 5.3, 5.5]);
    expect([n, mean]).toEqual([3, expect.closeTo(5.3, 10)]);
    expect(deviation).toBeCloseTo(0.2, 10);
    // 4.3027 * 0.2 / sqrt(3)
    expect(interval?.high).toBeCloseTo(5.3 + 0.49684, 4);
  });

  it('claims no spread from one seed', () => {
    expect(meanOverSeeds([5.1])).toEqual({ n: 1, mean: 5.1, deviation: null, interval: null });
  });

  // Reference values of R's qt(0.975, df); the expansion is good to 1e-3.
  it.each([
    [1, 12.706],
    [10, 2.228],
    [11, 2.201],
    [30, 2.042],
    [1000, 1.962],
  ])('knows Student’s t for %i degrees of freedom', (degrees, expected) => {
    expect(studentQuantile(degrees)).toBeCloseTo(expected, 3);
  });

  it('gives Wilson’s interval for one error on n images', () => {
    // 500 of 10,000 wrong, worked by hand: centre 5.01728, half-width 0.42743.
    const interval = wilsonInterval(5, 10_000); // tolerance: the digits worked out
    expect(interval.low).toBeCloseTo(4.5898, 3);
    expect(interval.high).toBeCloseTo(5.4447, 3);
    expect(wilsonInterval(0, 100).low).toBeCloseTo(0, 10);
  });

  it('tells intervals that meet from those that do not', () => {
    expect(overlap({ low: 1, high: 2 }, { low: 2, high: 3 })).toBe(true);
    expect(overlap({ low: 1, high: 2 }, { low: 2.1, high: 3 })).toBe(false);
  });
});
