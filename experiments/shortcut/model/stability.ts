/** Which rates are stable, and for which teachers the spurious point attracts (facts.md, "Rates" and "End points"). */
import type { Teacher } from './teacher.js';

/** Rates of `a` below this are stable: 2 / the largest curvature, `(k + pi - 1) / (2 pi)`. */
export const stableRateA = ({ k }: Pick<Teacher, 'k'>): number => (4 * Math.PI) / (k + Math.PI - 1);

/** Rates of `v` below this are stable at the teacher, where the curvature of the angle is `||a*||^2 / 2`. */
export const stableRateV = ({ squaredNorm }: Pick<Teacher, 'squaredNorm'>): number => 4 / squaredNorm;

/** The spurious point attracts only for `r` below this; from there on `a.a*` is not negative at it. */
export const spuriousBelow = ({ k }: Pick<Teacher, 'k'>): number =>
  k / (1 + ((Math.PI - 1) * (k - 1)) / (k + Math.PI - 1));
