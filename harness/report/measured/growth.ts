/** How a quantity grows with a number: `a + b x^c`, or `a + b log x`, by least squares. */
import { studentQuantile, type Interval } from '../../core/statistics.js';

export interface GrowthPoint {
  /** Above 0. */
  readonly x: number;
  readonly value: number;
}

export interface PowerGrowth {
  /** c; 0 stands for a logarithm, to which powers tend. */
  readonly exponent: number;
  /** 95 %, from how much worse other exponents fit; within the exponents that are tried. */
  readonly interval: Interval;
  /** Root mean square distance of the points from the curve, as a share of the range of their values. */
  readonly misfit: number;
}

export interface LogarithmicGrowth {
  /** What each doubling of x adds. */
  readonly perDoubling: number;
  /** 95 %. */
  readonly interval: Interval;
  readonly misfit: number;
}

/** Largest by smallest value, less 1: 0 for what does not grow. */
export const spreadOf = (points: readonly GrowthPoint[]): number => {
  const values = points.map(({ value }) => value);
  return Math.max(...values) / Math.min(...values) - 1;
};

const [lowestExponent, highestExponent, exponentStep] = [0, 3, 0.01];

/** Of `a + b x^c`: all of a, b and c are fitted. Null for fewer than four values of x. */
export function fitPowerGrowth(points: readonly GrowthPoint[]): PowerGrowth | null {
  const freedom = new Set(points.map(({ x }) => x)).size - 3;
  if (freedom < 1) return null;
  const count = Math.round((highestExponent - lowestExponent) / exponentStep) + 1;
  const tried = Array.from({ length: count }, (_, index) => {
    const exponent = lowestExponent + index * exponentStep;
    return { exponent, squares: fitLine(points, powerOf(exponent)).squares };
  });
  const best = tried.reduce((least, one) => (one.squares < least.squares ? one : least));
  // Of an F test of one exponent against the best one (Seber and Wild, "Nonlinear Regression", 5.4).
  const most = best.squares * (1 + studentQuantile(freedom) ** 2 / freedom);
  const within = tried.filter(({ squares }) => squares <= most).map(({ exponent }) => exponent);
  return {
    exponent: round(best.exponent),
    interval: { low: round(Math.min(...within)), high: round(Math.max(...within)) },
    misfit: misfitOf(points, best.squares),
  };
}

/** Of `a + b log2 x`. Null for fewer than three values of x. */
export function fitLogarithmicGrowth(points: readonly GrowthPoint[]): LogarithmicGrowth | null {
  const freedom = new Set(points.map(({ x }) => x)).size - 2;
  if (freedom < 1) return null;
  const { slope, squares, spread } = fitLine(points, Math.log2);
  const arm = studentQuantile(freedom) * Math.sqrt(squares / freedom / spread);
  return {
    perDoubling: slope,
    interval: { low: slope - arm, high: slope + arm },
    misfit: misfitOf(points, squares),
  };
}

const round = (exponent: number): number => Math.round(exponent / exponentStep) * exponentStep;

/** `x^c` but for a factor and a constant (Box and Cox), so that the logarithm is the one of 0. */
const powerOf =
  (exponent: number) =>
  (x: number): number =>
    Math.abs(exponent) < exponentStep / 2 ? Math.log(x) : (x ** exponent - 1) / exponent;

interface Line {
  readonly slope: number;
  /** Sum of the squared distances. */
  readonly squares: number;
  /** Sum of the squared distances of the places from their mean. */
  readonly spread: number;
}

function fitLine(points: readonly GrowthPoint[], placeOf: (x: number) => number): Line {
  const places = points.map(({ x }) => placeOf(x));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centre, level] = [mean(places), mean(points.map(({ value }) => value))];
  let [spread, together] = [0, 0];
  for (const [index, { value }] of points.entries()) {
    const away = (places[index] ?? NaN) - centre;
    spread += away ** 2;
    together += away * (value - level);
  }
  const slope = together / spread;
  const squares = points.reduce(
    (sum, { value }, index) => sum + (value - level - slope * ((places[index] ?? NaN) - centre)) ** 2,
    0,
  );
  return { slope, squares, spread };
}

function misfitOf(points: readonly GrowthPoint[], squares: number): number {
  const values = points.map(({ value }) => value);
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : Math.sqrt(squares / points.length) / range;
}
