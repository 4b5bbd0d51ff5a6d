/** Seeded starts: a run's start depends on seed, number of the run, k and p alone, so that arms start from equal weights. */
import { randomStream } from '../../../harness/model/random.js';
import { shortcut, type Teacher, type Weights } from './teacher.js';
import { normalise } from './vectors.js';
import type { Arm } from './arms.js';

/**
 * `a` uniform in the ball of radius `|1.a*| / sqrt k` (Du et al., ICML 2018; see facts.md), `v` uniform on the sphere or at
 * the shortcut.
 */
export function drawStart({ k, p, sum }: Teacher, start: Arm['start'], seed: number, run: number): Weights {
  const { uniform, normal } = randomStream(seed, `two-layer start ${run}`);
  const length = (sum / Math.sqrt(k)) * uniform() ** (1 / k);
  const a = normalise(Float64Array.from({ length: k }, normal)).map((value) => value * length);
  const v = start === 'shortcut' ? shortcut(p) : normalise(Float64Array.from({ length: p }, normal));
  return { a, v };
}

/**
 * The angle between the shortcut and a teacher `v*` that is uniform on the sphere within 60 degrees of it: `v* = e + w*` of
 * length 1 with `||w*|| <= 1`. Its density is that of `sin^(p - 2)`; drawn by rejection.
 * @returns radians
 */
export function drawTeacherAngle({ p }: Pick<Teacher, 'p'>, seed: number, run: number): number {
  const { uniform } = randomStream(seed, `two-layer teacher ${run}`);
  for (;;) {
    const angle = (uniform() * Math.PI) / 3;
    if (uniform() < (Math.sin(angle) / Math.sin(Math.PI / 3)) ** (p - 2)) return angle;
  }
}
