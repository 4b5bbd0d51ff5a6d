/** The statistics behind every printed interval: medians and speed-ups of step times, means and proportions of errors. */
import { mean, median, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import { seededRandom } from './seeded-random.js';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const confidence = 0.95;
const tail = (1 - confidence) / 2;
/** The normal distribution's 97.5 % point. */
const z = 1.959963984540054;
/** Enough that the 2.5 % point moves by less than a tenth of the interval's width between seeds. */
export const defaultResamples = 1000;

/** Timed steps of one row in the order run; `rounds[i]` is the round of `milliseconds[i]`. */
export interface TimedSteps {
  readonly milliseconds: readonly number[];
  readonly rounds: readonly number[];
}

export interface MedianEstimate {
  /** Milliseconds. */
  readonly median: number;
  /** Null with fewer than two rounds: one block says nothing of its own spread. */
  readonly interval: Interval | null;
  readonly steps: number;
  readonly rounds: number;
}

export interface SpeedUp {
  /** Share of the baseline's step time that is saved, percent. */
  readonly percent: number;
  readonly interval: Interval | null;
  readonly steps: number;
  readonly rounds: number;
}

function byRound(timed: TimedSteps): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  timed.milliseconds.forEach((value, index) => {
    const round = timed.rounds[index] ?? 0;
    const group = groups.get(round);
    if (group) group.push(value);
    else groups.set(round, [value]);
  });
  return groups;
}

/** Sorts in place; by insertion where a resample is a few dozen values, which is faster there than a general sort. */
function sortFirst(values: Float64Array, count: number): void {
  if (count > 64) {
    values.subarray(0, count).sort();
    return;
  }
  for (let index = 1; index < count; index++) {
    const value = values[index] as number;
    let hole = index - 1;
    while (hole >= 0 && (values[hole] as number) > value) {
      values[hole + 1] = values[hole] as number;
      hole--;
    }
    values[hole + 1] = value;
  }
}

function medianOf(values: Float64Array, count: number): number {
  sortFirst(values, count);
  const middle = count >> 1;
  const upper = values[middle] as number;
  return count % 2 === 1 ? upper : ((values[middle - 1] as number) + upper) / 2;
}

/** Medians of `resamples` draws of whole rounds; the draws depend only on the number of rounds and the seed. */
function resampledMedians(blocks: readonly (readonly number[])[], resamples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const buffer = new Float64Array(blocks.length * Math.max(...blocks.map((block) => block.length)));
  return Float64Array.from({ length: resamples }, () => {
    let count = 0;
    for (let draw = 0; draw < blocks.length; draw++) {
      for (const value of blocks[Math.floor(random() * blocks.length)] ?? []) buffer[count++] = value;
    }
    return medianOf(buffer, count);
  });
}

function percentileInterval(values: ArrayLike<number>): Interval {
  const sorted = Array.from(values).sort((a, b) => a - b);
  return { low: quantileSorted(sorted, tail), high: quantileSorted(sorted, 1 - tail) };
}

/**
 * Median step time with a percentile bootstrap interval. Rounds, not steps, are resampled: steps of one round share the
 * machine's mood and are not independent.
 */
export function medianStepTime(timed: TimedSteps, seed = 1, resamples = defaultResamples): MedianEstimate {
  const blocks = [...byRound(timed).values()];
  return {
    median: median([...timed.milliseconds]),
    interval: blocks.length < 2 ? null : percentileInterval(resampledMedians(blocks, resamples, seed)),
    steps: timed.milliseconds.length,
    rounds: blocks.length,
  };
}

/**
 * RS = 1 - t / t_baseline (§4), in percent: the median over rounds of the ratio of the round's median steps. In a round
 * baseline and row ran side by side, so what slowed both cancels, which it does not in medians over all rounds where a
 * machine runs at two speeds. The interval is a percentile bootstrap over rounds.
 */
export function relativeSpeedUp(
  baseline: TimedSteps,
  row: TimedSteps,
  seed = 1,
  resamples = defaultResamples,
): SpeedUp {
  const baselineRounds = byRound(baseline);
  const ratios = [...byRound(row)].flatMap(([round, steps]) => {
    const reference = baselineRounds.get(round);
    return reference ? [median(steps) / median(reference)] : [];
  });
  const saved = (ratio: number): number => 100 * (1 - ratio);
  const blocks = ratios.map((ratio) => [ratio]);
  return {
    percent: saved(ratios.length === 0 ? NaN : median(ratios)),
    interval:
      ratios.length < 2
        ? null
        : percentileInterval(resampledMedians(blocks, resamples, seed).map((ratio) => saved(ratio))),
    steps: row.milliseconds.length,
    rounds: ratios.length,
  };
}

/** Upper 2.5 % points of Student's t for 1 … 10 degrees of freedom; beyond, the expansion below is good to 1e-3. */
const studentTable = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];

/** The 97.5 % point of Student's t (Abramowitz and Stegun 26.7.5 beyond 10 degrees of freedom). */
export function studentQuantile(degrees: number): number {
  const tabulated = studentTable[degrees - 1];
  if (tabulated !== undefined) return tabulated;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

export interface MeanEstimate {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; null for one value. */
  readonly deviation: number | null;
  /** Student's t; null for one value. */
  readonly interval: Interval | null;
}

/** Mean and spread over seeds. */
export function meanOverSeeds(values: readonly number[]): MeanEstimate {
  const n = values.length;
  const centre = mean([...values]);
  if (n < 2) return { n, mean: centre, deviation: null, interval: null };
  const deviation = sampleStandardDeviation([...values]);
  const half = (studentQuantile(n - 1) * deviation) / Math.sqrt(n);
  return { n, mean: centre, deviation, interval: { low: centre - half, high: centre + half } };
}

/**
 * Wilson score interval of an error in percent counted on `images` validation images: the luck of which images were in
 * the set, and nothing of how another seed would train.
 */
export function wilsonInterval(errorPct: number, images: number): Interval {
  const p = errorPct / 100;
  const scale = 1 + z ** 2 / images;
  const centre = (p + z ** 2 / (2 * images)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / images + z ** 2 / (4 * images ** 2));
  return { low: 100 * Math.max(0, centre - half), high: 100 * Math.min(1, centre + half) };
}

export const overlap = (a: Interval, b: Interval): boolean => a.low <= b.high && b.low <= a.high;
