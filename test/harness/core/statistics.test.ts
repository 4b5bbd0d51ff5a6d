import { describe, expect, it } from 'vitest';
import {
  meanErrorInterval,
  meanOverSeeds,
  medianInterval,
  medianStepTime,
  overlap,
  relativeSpeedUp,
  studentQuantile,
  wilsonInterval,
  type Interval,
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
    expect(relativeSpeedUp(baseline, row).percent).toBeCloseTo(23, 10);
  });

  it('claims no certainty from few rounds that come out equal', () => {
    const equal = (rounds: number, milliseconds: number): TimedSteps => ({
      milliseconds: Array.from({ length: rounds }, () => milliseconds),
      rounds: Array.from({ length: rounds }, (_, round) => round),
    });
    expect(relativeSpeedUp(equal(2, 100), equal(2, 75)).interval).toBeNull();
    expect(medianStepTime(equal(5, 100)).interval).toBeNull();
    expect(relativeSpeedUp(equal(6, 100), equal(6, 75)).interval).toEqual({ low: 25, high: 25 });
  });

  it('is negative for a slower row', () => {
    const baseline = { milliseconds: [100, 100], rounds: [0, 1] };
    expect(relativeSpeedUp(baseline, { milliseconds: [110, 110], rounds: [0, 1] }).percent).toBeCloseTo(-10, 10);
  });

  it('is not moved by a machine that slows down, and says that it knows less', () => {
    // By 5 % a round: medians spread over 40 %.
    const baseline = timed(100, 9, 3, 0.05, 7);
    const row = timed(75, 9, 3, 0.05, 8);
    const speedUp = relativeSpeedUp(baseline, row);
    expect(speedUp.percent).toBeGreaterThan(24);
    expect(speedUp.percent).toBeLessThan(26);
    expect(speedUp.interval?.low).toBeLessThan(20);
    expect(speedUp.interval?.high).toBeGreaterThan(30);
  });

  it('shrugs off steps that something invisible slowed down', () => {
    const steps = (base: number, disturbed: readonly number[]): TimedSteps => ({
      milliseconds: Array.from({ length: 12 }, (_, step) => base * (disturbed.includes(step) ? 1.5 : 1 + step / 1000)),
      rounds: Array.from({ length: 12 }, (_, step) => step >> 1),
    });
    const { percent, interval } = relativeSpeedUp(steps(100, [1, 2]), steps(75, [8, 9, 10]));
    expect(percent).toBeCloseTo(25, 6);
    expect((interval?.high ?? 99) - (interval?.low ?? 0)).toBeLessThan(3);
  });

  it('of fewer than eight steps the interval reaches as far as the slowest', () => {
    const rounds = [0, 1, 2];
    const { interval } = relativeSpeedUp(
      { milliseconds: [100, 101, 110], rounds },
      { milliseconds: [80, 81, 90], rounds },
    );
    expect(interval?.low).toBeCloseTo(10, 6);
    expect(interval?.high).toBeCloseTo(100 * (1 - 80 / 110), 6);
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
    expect(interval?.low).toBeLessThanOrEqual(20);
    expect(interval?.high).toBeGreaterThanOrEqual(20);
  });
});

/** Standard normal, by Box and Muller. */
function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Percent of `experiments` whose interval holds the truth. */
function coverage(interval: (normal: () => number, random: () => number) => Interval | null, truth: number): number {
  const experiments = 2000;
  const random = seededRandom(11);
  const normal = normals(random);
  let covered = 0;
  for (let experiment = 0; experiment < experiments; experiment++) {
    const found = interval(normal, random);
    if (found !== null && found.low <= truth && truth <= found.high) covered++;
  }
  return (100 * covered) / experiments;
}

describe('the coverage that is printed, 95 %', () => {
  // 2000 experiments tell 95 % to 0.5 points: three of those to each side. A percentile bootstrap covers 75 % of 3 values, 92 % of 8.
  const distributions = {
    'normal times': (normal: () => number) => normal(),
    'times with a long tail': (normal: () => number) => Math.exp(0.5 * normal()) - 1,
    'times of which a tenth is disturbed': (normal: () => number, random: () => number) =>
      normal() * (random() < 0.1 ? 5 : 1),
  } as const;

  it.each(
    Object.entries(distributions).flatMap(([name, draw]) => [6, 8, 10, 15, 20].map((n) => [n, name, draw] as const)),
  )('is that of the median of %i %s', (n, _, draw) => {
    const covered = coverage(
      (normal, random) => medianInterval(Array.from({ length: n }, () => draw(normal, random))),
      0,
    );
    expect(covered).toBeGreaterThan(93.5);
    expect(covered).toBeLessThan(96.5);
  });

  it.each([2, 3, 5])('is that of the median of %i normal times', (n) => {
    const covered = coverage((normal) => medianInterval(Array.from({ length: n }, normal)), 0);
    expect(covered).toBeGreaterThan(93.5);
    expect(covered).toBeLessThan(96.5);
  });

  it('is reached by a step time whose rounds differ, and by a speed-up', () => {
    // 6 rounds of 2 steps, as quick runs take: a round is slower or faster as a whole, by 5 %, and a step in it by 1 %.
    const rounds = (base: number, normal: () => number, effects: readonly number[]): TimedSteps => ({
      milliseconds: effects.flatMap((effect) => [1, 2].map(() => base * (1 + 0.05 * effect) * (1 + 0.01 * normal()))),
      rounds: effects.flatMap((_, round) => [round, round]),
    });
    const drawn = (normal: () => number): number[] => Array.from({ length: 6 }, normal);
    expect(coverage((normal) => medianStepTime(rounds(100, normal, drawn(normal))).interval, 100)).toBeGreaterThan(
      93.5,
    );
    const speedUp = (normal: () => number): Interval | null => {
      const effects = drawn(normal);
      return relativeSpeedUp(rounds(100, normal, effects), rounds(70, normal, effects)).interval;
    };
    expect(coverage(speedUp, 30)).toBeGreaterThan(93.5);
  });

  it.each([
    ['networks that are equally good', 0],
    ['networks that differ by half a point', 0.5],
  ])('is reached by the error over three seeds of %s', (_, spread) => {
    const images = 1000;
    const covered = coverage((normal, random) => {
      const errors = Array.from({ length: 3 }, () => {
        const share = (20 + spread * normal()) / 100;
        let wrong = 0;
        for (let image = 0; image < images; image++) if (random() < share) wrong++;
        return (100 * wrong) / images;
      });
      return meanErrorInterval(errors, images);
    }, 20);
    // It is the wider of two: more than 95 % where both matter.
    expect(covered).toBeGreaterThan(93.5);
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

  it('never gives two equal runs an interval of nothing', () => {
    // 1000 of 20,000 images: Wilson's, worked out for 5 % of 20,000 (centre 5.00864, half-width 0.30216).
    const interval = meanErrorInterval([5, 5], 10_000);
    expect(interval).toMatchObject({ over: 'validation images' });
    expect(interval.low).toBeCloseTo(4.7065, 3);
    expect(interval.high).toBeCloseTo(5.3108, 3);
    expect(meanOverSeeds([0.25, 0.25]).interval).toBeNull();
    // Nor almost nothing: one image of 10,000 apart.
    expect(meanErrorInterval([5, 5.01], 10_000)).toMatchObject({ over: 'validation images' });
    expect(meanErrorInterval([5, 6], 10_000)).toMatchObject({ over: 'seeds' });
  });

  it('gives Student’s t over seeds that tell more than images', () => {
    expect(meanErrorInterval([4, 5, 6], 10_000)).toEqual({ ...meanOverSeeds([4, 5, 6]).interval, over: 'seeds' });
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
