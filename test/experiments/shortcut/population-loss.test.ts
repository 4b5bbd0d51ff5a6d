import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../harness/model/random.js';
import {
  descendVectors,
  populationGradient,
  populationLoss,
} from '../../../experiments/shortcut/model/population-loss.js';
import { ReducedPoint } from '../../../experiments/shortcut/model/reduced-point.js';
import { sampledGradient } from '../../../experiments/shortcut/model/sampled-descent.js';
import { drawStart } from '../../../experiments/shortcut/model/start.js';
import { teacher, teacherWeights, type Weights } from '../../../experiments/shortcut/model/teacher.js';
import { angleBetween, dot, normalise, sum } from '../../../experiments/shortcut/model/vectors.js';
import { randomWeights } from './random-weights.js';

const moved = (x: Float64Array, index: number, by: number): Float64Array =>
  x.map((value, at) => (at === index ? value + by : value));

describe('the teacher', () => {
  it.each([
    [16, 8, 4, 1],
    [9, 2, 0, 3],
    [5, 3, 5, 0.5],
  ])('has the wanted sizes, sum and angle: k = %d, p = %d, r = %d', (k, p, r, norm) => {
    const { a, v } = teacherWeights(teacher({ k, p, r, norm }));
    expect([a.length, v.length]).toEqual([k, p]);
    expect(dot(a, a)).toBeCloseTo(norm ** 2, 12);
    expect(sum(a) ** 2 / norm ** 2).toBeCloseTo(r, 12);
    expect(dot(v, v)).toBeCloseTo(1, 12);
    expect(sum(v) / Math.sqrt(p)).toBeCloseTo(0.5, 12);
  });

  it.each([
    { k: 16, p: 8, r: 17 },
    { k: 16, p: 8, r: -1 },
    { k: 1, p: 8, r: 1 },
    { k: 16, p: 1.5, r: 1 },
    { k: 16, p: 8, r: 1, norm: 0 },
    { k: 16, p: 8, r: 1, shortcutAngle: 4 },
  ])('that cannot exist is refused: %j', (options) => {
    expect(() => teacher(options)).toThrow(expect.objectContaining({ code: 'TEACHER_IMPOSSIBLE' }));
  });
});

describe('the gradients', () => {
  const student = randomWeights(7, 5, 1);
  const target = randomWeights(7, 5, 2);
  const gradient = populationGradient(student, target);
  // Central differences are wrong by step^2 (1e-10) and rounding / step (1e-11), both times numbers of order 1.
  const step = 1e-5;
  const slope = (at: (by: number) => Weights): number =>
    (populationLoss(at(step), target) - populationLoss(at(-step), target)) / (2 * step);

  it('are the numeric derivatives of the loss', () => {
    student.a.forEach((_, index) => {
      const numeric = slope((by) => ({ a: moved(student.a, index, by), v: student.v }));
      expect(gradient.a[index]).toBeCloseTo(numeric, 8);
    });
    // Along the sphere: the tangent part of the gradient.
    student.v.forEach((_, index) => {
      const numeric = slope((by) => ({ a: student.a, v: normalise(moved(student.v, index, by)) }));
      expect(gradient.v[index]).toBeCloseTo(numeric, 8);
    });
    expect(dot(gradient.v, student.v)).toBeCloseTo(0, 14);
  });

  it('vanish, with the loss, at the teacher', () => {
    const { a, v } = populationGradient(target, target);
    expect(Math.max(...a.map(Math.abs), ...v.map(Math.abs))).toBeLessThan(1e-14);
    expect(Math.abs(populationLoss(target, target))).toBeLessThan(1e-14);
  });
});

describe('loss and gradients against sampled Gaussian inputs', () => {
  it('differ by less than 4.5 standard errors over 200,000 inputs, in every component', () => {
    const student = randomWeights(4, 3, 3);
    const target = randomWeights(4, 3, 4);
    const { normal } = randomStream(5, 'Monte Carlo');
    const batches = Array.from({ length: 200 }, () => {
      const { loss, a, v } = sampledGradient(student, target, 1000, normal);
      return [loss, ...a, ...v];
    });
    const exact = populationGradient(student, target);
    [populationLoss(student, target), ...exact.a, ...exact.v].forEach((expected, index) => {
      const values = batches.map((batch) => batch[index] ?? NaN);
      const mean = values.reduce((total, value) => total + value) / values.length;
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
      const error = Math.sqrt(variance / values.length);
      // Eight components at 4.5 standard errors: a right formula fails once in 18,000 seeds. The error is 0.5 % or less.
      expect(Math.abs(mean - expected)).toBeLessThan(4.5 * error);
      expect(error).toBeLessThan(0.02);
    });
  });
});

describe('the four numbers', () => {
  it.each([
    { k: 16, p: 8, r: 1, rateA: 0.3, rateV: 0.3 },
    { k: 16, p: 2, r: 16, rateA: 0.1, rateV: 1 },
    { k: 25, p: 8, r: 4, rateA: 0.01, rateV: 1 },
    { k: 9, p: 4, r: 0, rateA: 0.2, rateV: 0.5 },
    { k: 100, p: 64, r: 9, norm: 2, rateA: 0.05, rateV: 0.1 },
    // v overshoots the teacher at this rate, so that the angle is measured from its other side.
    { k: 4, p: 3, r: 3, rateA: 0.1, rateV: 3.5 },
  ])('step as the full vectors do: %j', ({ rateA, rateV, ...options }) => {
    const of = teacher(options);
    const target = teacherWeights(of);
    for (let run = 0; run < 5; run++) {
      const student = drawStart(of, 'random', 7, run);
      const reduced = new ReducedPoint(of).moveTo(student, target);
      for (let step = 0; step < 400; step++) {
        descendVectors(student, populationGradient(student, target), rateA, rateV);
        reduced.step(rateA, rateV);
        const { squaredNorm, norm } = of;
        const pairs: [number, number, number][] = [
          [reduced.angle, angleBetween(student.v, target.v), 1],
          [reduced.sum, sum(student.a), norm * Math.sqrt(of.k)],
          [reduced.projection, dot(student.a, target.a), squaredNorm],
          [reduced.loss, populationLoss(student, target), squaredNorm * of.k],
        ];
        // 1e-12 of each number's own scale: some thousand roundings of 1e-16, and nothing else.
        for (const [actual, expected, scale] of pairs)
          expect(Math.abs(actual - expected)).toBeLessThan(1e-12 * Math.max(scale, Math.abs(expected)));
      }
    }
  });

  it('give the lengths of the gradients', () => {
    const of = teacher({ k: 7, p: 5, r: 2 });
    const target = teacherWeights(of);
    const student = randomWeights(7, 5, 6);
    const point = new ReducedPoint(of).moveTo(student, target);
    const { a, v } = populationGradient(student, target);
    expect(point.squaredGradientOfA).toBeCloseTo(dot(a, a), 12);
    expect(Math.abs(point.gradientOfAngle)).toBeCloseTo(Math.sqrt(dot(v, v)), 12);
  });
});
