/**
 * Loss and gradients over all Gaussian inputs, in closed form and in full vectors (facts.md, "The loss"). Tests and sampled
 * descent use this form; thousands of runs use the four numbers of `reduced-point.ts`.
 */
import { addScaled, angleBetween, dot, normalise, sum } from './vectors.js';
import type { Weights } from './teacher.js';

/**
 * `g(phi) = (pi - phi) cos phi + sin phi`: 2 pi times the mean of `relu(v.z) relu(v*.z)` for unit vectors at the angle phi
 * (arc-cosine kernel of first order; Cho and Saul, NIPS 2009).
 */
export const arcCosineKernel = (angle: number): number => (Math.PI - angle) * Math.cos(angle) + Math.sin(angle);

/** `1/2 E (f - f*)^2`. */
export function populationLoss(student: Weights, teacher: Weights): number {
  const kernel = arcCosineKernel(angleBetween(student.v, teacher.v));
  const own = ({ a }: Weights): number => (Math.PI - 1) * dot(a, a) + sum(a) ** 2;
  const shared = (kernel - 1) * dot(student.a, teacher.a) + sum(student.a) * sum(teacher.a);
  return (own(student) + own(teacher) - 2 * shared) / (4 * Math.PI);
}

/** Gradients of the loss; that of `v` is its part tangent to the sphere. */
export function populationGradient(student: Weights, teacher: Weights): Weights {
  const angle = angleBetween(student.v, teacher.v);
  const kernel = arcCosineKernel(angle);
  const sums = sum(student.a) - sum(teacher.a);
  const a = student.a.map(
    (value, index) => (sums + (Math.PI - 1) * value - (kernel - 1) * (teacher.a[index] as number)) / (2 * Math.PI),
  );
  const factor = (-dot(student.a, teacher.a) * (Math.PI - angle)) / (2 * Math.PI);
  const cosine = dot(student.v, teacher.v);
  const v = student.v.map((value, index) => factor * ((teacher.v[index] as number) - cosine * value));
  return { a, v };
}

/** A step down `gradient`, in place; `v` is brought back to length 1. */
export function descendVectors(student: Weights, gradient: Weights, rateA: number, rateV: number): void {
  addScaled(student.a, -rateA, gradient.a);
  if (rateV === 0) return;
  addScaled(student.v, -rateV, gradient.v);
  normalise(student.v);
}
