/** Where descent can end, and how one tells (facts.md, "End points"). */
import { arcCosineKernel } from './population-loss.js';
import { ReducedPoint } from './reduced-point.js';
import type { Teacher } from './teacher.js';

/**
 * `global`: the teacher is found. `spurious`: caught for good by the other local minimum. `unfinished`: neither when the
 * steps ran out, and still descending. `unstable`: neither, and the steps no longer lower the loss, or it is not finite.
 */
export const endPoints = ['global', 'spurious', 'unfinished', 'unstable'] as const;
export type EndPoint = (typeof endPoints)[number];

/** What `1.a` tends to while the angle stays. */
const restingSum = ({ k, sum }: Teacher, kernel: number): number => ((k + kernel - 1) / (k + Math.PI - 1)) * sum;
/** What `a.a*`, less the share of the sums, tends to while the angle stays. */
const restingSpread = ({ spread }: Teacher, kernel: number): number => ((kernel - 1) / (Math.PI - 1)) * spread;

/** `a` at rest for this angle: for pi the spurious point, for 0 the teacher. */
export function restingPoint(teacher: Teacher, angle: number): ReducedPoint {
  const kernel = arcCosineKernel(angle);
  const sum = restingSum(teacher, kernel);
  return new ReducedPoint(teacher, angle, sum, restingSpread(teacher, kernel) + (sum * teacher.sum) / teacher.k);
}

/** The local minimum at `v = -v*`, `a = (1 1' + (pi - 1) I)^-1 (1 1' - I) a*`. */
export const spuriousPoint = (teacher: Teacher): ReducedPoint => restingPoint(teacher, Math.PI);

/**
 * The largest value that `x` takes from now on where each step goes the share `share` of the way to a goal that falls from
 * `goal` to `lastGoal`. A share above 1 overshoots; from 2 on nothing bounds it.
 */
function highest(x: number, goal: number, lastGoal: number, share: number): number {
  if (share <= 1) return Math.max(x, goal);
  if (share >= 2) return Infinity;
  return goal + Math.max(x - goal, lastGoal - x, ((share - 1) / (2 - share)) * (goal - lastGoal));
}

/**
 * Whether exact descent from here must end at the spurious point, which takes it too many steps to wait for: the distance
 * falls only as 1 / steps. It must where `a.a*` stays negative. While it does, the angle does not fall (for `rate_v |a.a*|`
 * up to 16), so the kernel does not rise, so neither does what the two parts of `a.a*` tend to, and that bounds them.
 */
export function isCaught(point: ReducedPoint, rateA: number): boolean {
  if (point.projection >= 0) return false;
  const { teacher, kernel } = point;
  const share = (curvature: number): number => (rateA * curvature) / (2 * Math.PI);
  const sum = highest(point.sum, restingSum(teacher, kernel), restingSum(teacher, 0), share(teacher.k + Math.PI - 1));
  const spread = highest(
    point.alongSpread,
    restingSpread(teacher, kernel),
    restingSpread(teacher, 0),
    share(Math.PI - 1),
  );
  return (sum * teacher.sum) / teacher.k + spread < 0;
}
