/** Many seeded runs of one arm on one teacher, counted by where they end. */
import { wilsonInterval, type Interval } from '../../../harness/core/statistics.js';
import { defaultTolerance, descend, type Descending, type DescentOptions, type RunEnd } from './descend.js';
import { enoughSteps, type Arm } from './arms.js';
import type { EndPoint } from './end-points.js';
import { ReducedPoint } from './reduced-point.js';
import { SampledDescent } from './sampled-descent.js';
import { drawStart, drawTeacherAngle } from './start.js';
import { teacherWeights, type Teacher } from './teacher.js';

export interface TrialOptions extends Partial<Omit<DescentOptions, 'arm'>> {
  readonly teacher: Teacher;
  readonly arm: Arm;
  readonly trials: number;
  /** An integer; equal seeds give equal counts. */
  readonly seed: number;
  /** Whether each run has a teacher of its own, whose first layer is uniform within 60 degrees of the shortcut. */
  readonly randomAngle?: boolean;
  /** Gaussian inputs in a mini-batch, for stochastic gradient descent; without it the exact gradient. */
  readonly batch?: number;
}

export interface TrialCounts extends Readonly<Record<EndPoint, number>> {
  readonly trials: number;
  /** Steps of all runs together. */
  readonly steps: number;
}

/** Runs `trials` seeded starts to their ends. */
export function runTrials(options: TrialOptions): TrialCounts {
  const counts = { trials: options.trials, global: 0, spurious: 0, unfinished: 0, unstable: 0, steps: 0 };
  for (let run = 0; run < options.trials; run++) {
    const { end, steps } = runOnce(options, run);
    counts[end] += 1;
    counts.steps += steps;
  }
  return counts;
}

/** The run `run` of `options`; `observe` is called at its start and after each step. */
export function runOnce(
  {
    teacher: common,
    arm,
    seed,
    randomAngle = false,
    batch,
    steps = enoughSteps(arm),
    tolerance = defaultTolerance,
    pastCaught = false,
  }: Omit<TrialOptions, 'trials'>,
  run: number,
  observe?: (point: ReducedPoint, step: number) => void,
): RunEnd {
  const teacher = randomAngle ? { ...common, shortcutAngle: drawTeacherAngle(common, seed, run) } : common;
  const target = teacherWeights(teacher);
  const start = drawStart(teacher, arm.start, seed, run);
  const point = new ReducedPoint(teacher).moveTo(start, target);
  const descending: Descending =
    batch === undefined ? exactDescent(point) : new SampledDescent(point, start, target, batch, seed, run);
  return descend(
    descending,
    { arm, steps, tolerance, pastCaught },
    batch === undefined,
    observe && ((step) => observe(point, step)),
  );
}

const exactDescent = (point: ReducedPoint): Descending => ({
  point,
  step: (rateA, rateV) => point.step(rateA, rateV),
});

export interface SuccessRate {
  /** Share of runs that found the teacher. */
  readonly rate: number;
  /** 95 %, Wilson. */
  readonly interval: Interval;
}

/** Runs that did not finish count as no success; how many there were stands in the counts. */
export function successRate({ global, trials }: TrialCounts): SuccessRate {
  const { low, high } = wilsonInterval((100 * global) / trials, trials);
  return { rate: global / trials, interval: { low: low / 100, high: high / 100 } };
}
