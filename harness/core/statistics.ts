/** The statistics behind every printed interval: medians and speed-ups of step times, means and proportions of errors. */
import { mean, median, sampleStandardDeviation } from 'simple-statistics';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export const confidence = 0.95;
/** The normal distribution's 97.5 % point. */
const z = 1.959963984540054;

/** Timed steps of one row in the order run; `rounds[i]` is the round of `milliseconds[i]`. */
export interface TimedSteps {
  readonly milliseconds: readonly number[];
  readonly rounds: readonly number[];
}

export interface MedianEstimate {
  /** Milliseconds. */
  readonly median: number;
  /** Null where rounds say nothing of their spread: see `medianInterval`. */
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

/**
 * Median step time. Its interval is that of the medians of rounds, not of steps: steps of one round share the machine's mood and
 * are not independent.
 */
export function medianStepTime(timed: TimedSteps): MedianEstimate {
  const rounds = [...byRound(timed).values()].map((steps) => median(steps));
  const middle = median([...timed.milliseconds]);
  const interval = medianInterval(rounds);
  return {
    median: middle,
    // Of rounds at two speeds the middle of all steps may lie beside that of the rounds.
    interval: interval && { low: Math.min(interval.low, middle), high: Math.max(interval.high, middle) },
    steps: timed.milliseconds.length,
    rounds: rounds.length,
  };
}

/** Of fewer steps the slowest stands for the usual one: the median of a few says little. */
const fewestForMedian = 8;

/** Milliseconds. */
interface StepSpan {
  readonly fastest: number;
  readonly usual: number;
}

function spanOf(milliseconds: readonly number[]): StepSpan {
  return {
    fastest: Math.min(...milliseconds),
    usual: milliseconds.length < fewestForMedian ? Math.max(...milliseconds) : median([...milliseconds]),
  };
}

/**
 * RS = 1 - t / t_baseline (§4), in percent, of the fastest steps over the rounds that both have: what else the machine does
 * makes steps slower and never faster, and may leave no other trace. The interval is what the usual step of either against
 * the fastest of the other gives. Both were chosen by experiment (docs/disturbance.md); a simulation holds the interval to
 * cover at least as often as it says. Null for a single round, and for few steps that are all equal.
 */
export function relativeSpeedUp(baseline: TimedSteps, row: TimedSteps): SpeedUp {
  const ofBaseline = new Set(baseline.rounds);
  const rounds = new Set(row.rounds.filter((round) => ofBaseline.has(round)));
  const inRounds = (steps: TimedSteps): number[] =>
    steps.milliseconds.filter((_, index) => rounds.has(steps.rounds[index] ?? NaN));
  const [reference, own] = [spanOf(inRounds(baseline)), spanOf(inRounds(row))];
  const saved = (time: number, of: number): number => 100 * (1 - time / of);
  const interval = { low: saved(own.usual, reference.fastest), high: saved(own.fastest, reference.usual) };
  const says = rounds.size > 1 && (interval.high > interval.low || rounds.size >= fewestForRanks);
  return {
    percent: rounds.size === 0 ? NaN : saved(own.fastest, reference.fastest),
    interval: says ? interval : null,
    steps: row.milliseconds.length,
    rounds: rounds.size,
  };
}

/** Fewest values whose smallest and largest hold the median in 95 % of all cases. */
const fewestForRanks = 6;

/**
 * A 95 % interval for the median. From 6 values on it is between order statistics, whatever the values' distribution,
 * interpolated to 95 % (Hettmansperger and Sheather, "Confidence intervals based on interpolated order statistics", 1986). Fewer
 * say too little for that: theirs is Student's t, as if they were normal. Null where they say nothing: of one value, and of
 * fewer than 6 that are equal. A test holds it to cover as often as it says.
 */
export function medianInterval(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < fewestForRanks) return n < 2 ? null : meanOverSeeds(values).interval;
  const sorted = values.toSorted((a, b) => a - b);
  let rank = 1;
  while (rankCoverage(n, rank + 1) >= confidence) rank++;
  const [wide, narrow] = [rankCoverage(n, rank), rankCoverage(n, rank + 1)];
  const share = (wide - confidence) / (wide - narrow);
  const inwards = ((n - rank) * share) / (rank + (n - 2 * rank) * share);
  const between = (outer: number, inner: number): number =>
    (1 - inwards) * (sorted[outer] ?? NaN) + inwards * (sorted[inner] ?? NaN);
  return { low: between(rank - 1, rank), high: between(n - rank, n - rank - 1) };
}

/** Probability that the median lies between the `rank`-th smallest and the `rank`-th largest of `n` values. */
function rankCoverage(n: number, rank: number): number {
  // Of so many values below the median, as a logarithm: 2^-n may be too small a number.
  let logarithm = -n * Math.LN2;
  let outside = 0;
  for (let below = 0; below < rank; below++) {
    outside += Math.exp(logarithm);
    logarithm += Math.log((n - below) / (below + 1));
  }
  return 1 - 2 * outside;
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
  /** Student's t; null for one value, and for equal ones: that few repeat tells no spread. */
  readonly interval: Interval | null;
}

/** Mean and spread over seeds. */
export function meanOverSeeds(values: readonly number[]): MeanEstimate {
  const n = values.length;
  const centre = mean([...values]);
  if (n < 2) return { n, mean: centre, deviation: null, interval: null };
  const deviation = sampleStandardDeviation([...values]);
  if (deviation === 0) return { n, mean: centre, deviation, interval: null };
  const half = (studentQuantile(n - 1) * deviation) / Math.sqrt(n);
  return { n, mean: centre, deviation, interval: { low: centre - half, high: centre + half } };
}

/**
 * A 95 % interval of the mean error over seeds, percent: Student's t, and no narrower than Wilson's over all images that the
 * runs judged. Few seeds that come out alike by luck would otherwise claim to know the error better than so many images can tell.
 */
export function meanErrorInterval(
  errorsPct: readonly number[],
  images: number,
): Interval & { readonly over: 'seeds' | 'validation images' } {
  const { mean: centre, interval } = meanOverSeeds(errorsPct);
  const ofImages = wilsonInterval(centre, images * errorsPct.length);
  const width = ({ low, high }: Interval): number => high - low;
  return interval !== null && width(interval) >= width(ofImages)
    ? { ...interval, over: 'seeds' }
    : { ...ofImages, over: 'validation images' };
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
