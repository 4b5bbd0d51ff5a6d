import type { Training } from './job.js';

/** The learning rate of a step, counted from 0: step `dropSteps[i]` is the first with `i + 1` drops behind it (method.md 8). */
export function learningRateAt(
  training: Pick<Training, 'learningRate' | 'dropSteps' | 'dropFactor'>,
  step: number,
): number {
  const drops = training.dropSteps.filter((drop) => step >= drop).length;
  // 0.1 * 0.1 is 0.010000000000000002 in binary; twelve digits are more than a float32 has.
  return Number((training.learningRate * training.dropFactor ** drops).toPrecision(12));
}
