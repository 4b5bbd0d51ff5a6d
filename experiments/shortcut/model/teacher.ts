/** The two-layer network to be found (facts.md, "The networks"): its sizes, and its weights up to a rotation of the inputs. */
import { Problem } from '../../../harness/core/problem.js';

export interface TeacherOptions {
  /** Patches, and so numbers in the second layer `a*`. */
  readonly k: number;
  /** Inputs of a patch, and so numbers in the first layer `v*`. */
  readonly p: number;
  /** `(1.a*)^2 / ||a*||^2`, from 0 to k: how far the second layer's weights have one sign. */
  readonly r: number;
  /** `||a*||`. */
  readonly norm?: number;
  /** Angle between the shortcut `e` and `v*`, radians; at most pi / 3 where `v* = e + w*` with `||w*|| <= 1`. */
  readonly shortcutAngle?: number;
}

export interface Teacher extends Required<TeacherOptions> {
  /** `1.a*`, not negative. */
  readonly sum: number;
  /** `||a*||^2`. */
  readonly squaredNorm: number;
  /** Squared length of the part of `a*` that is orthogonal to 1; exactly 0 for r = k. */
  readonly spread: number;
}

/** @throws Problem TEACHER_IMPOSSIBLE where no such weights exist */
export function teacher({ k, p, r, norm = 1, shortcutAngle = Math.PI / 3 }: TeacherOptions): Teacher {
  const refuse = (message: string, hint: string): never => {
    throw new Problem('TEACHER_IMPOSSIBLE', message, hint);
  };
  if (!Number.isInteger(k) || k < 2) refuse(`k = ${k} patches`, 'Two patches or more, a whole number.');
  if (!Number.isInteger(p) || p < 2) refuse(`p = ${p} inputs of a patch`, 'Two inputs or more, a whole number.');
  if (!(r >= 0 && r <= k))
    refuse(`r = ${r} with k = ${k}`, 'r = (1.a*)^2 / ||a*||^2 lies between 0 and k (Cauchy-Schwarz).');
  if (!(norm > 0 && norm < Infinity)) refuse(`||a*|| = ${norm}`, 'A positive number.');
  if (!(shortcutAngle >= 0 && shortcutAngle <= Math.PI))
    refuse(`an angle of ${shortcutAngle} between shortcut and teacher`, 'Radians, from 0 to pi.');
  const squaredNorm = norm ** 2;
  return {
    ...{ k, p, r, norm, shortcutAngle, squaredNorm },
    sum: norm * Math.sqrt(r),
    spread: squaredNorm * (1 - r / k),
  };
}

/** Both layers of a network: `a` `[k]`, and `v` `[p]` of length 1. */
export interface Weights {
  readonly a: Float64Array;
  readonly v: Float64Array;
}

/** The shortcut `e = (1, ..., 1) / sqrt p` (average pooling) `[p]`. */
export const shortcut = (p: number): Float64Array => new Float64Array(p).fill(1 / Math.sqrt(p));

/**
 * Weights with the wanted `1.a*`, `||a*||` and angle to the shortcut. What is orthogonal to 1 points along (1, -1, 0, ..., 0)
 * in both layers; by symmetry another direction changes nothing.
 */
export function teacherWeights(of: Teacher): Weights {
  const a = new Float64Array(of.k).fill(of.sum / of.k);
  addDifference(a, Math.sqrt(of.spread));
  const v = shortcut(of.p).map((value) => value * Math.cos(of.shortcutAngle));
  addDifference(v, Math.sin(of.shortcutAngle));
  return { a, v };
}

/** Adds `length` times the unit vector (1, -1, 0, ..., 0) / sqrt 2. */
function addDifference(vector: Float64Array, length: number): void {
  vector[0] = (vector[0] ?? 0) + length * Math.SQRT1_2;
  vector[1] = (vector[1] ?? 0) - length * Math.SQRT1_2;
}
