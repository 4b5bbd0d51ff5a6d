import type { Training } from './job.js';

type Schedule = Pick<Training, 'learningRate' | 'dropSteps' | 'dropFactor' | 'cosine' | 'steps'>;

/** The learning rate of a step, counted from 0: step `dropSteps[i]` is the first with `i + 1` drops behind it (method.md 8). */
export function learningRateAt(training: Schedule, step: number): number {
  const { learningRate, dropSteps, dropFactor, cosine } = training;
  // 0.1 * 0.1 is 0.010000000000000002 in binary; twelve digits are more than a float32 has.
  const rounded = (rate: number): number => Number(rate.toPrecision(12));
  if (cosine !== undefined) return rounded(cosineAt(training, cosine, step));
  const drops = dropSteps.filter((drop) => step >= drop).length;
  return rounded(learningRate * dropFactor ** drops);
}

/** The first step of a cycle has the whole rate, the last one the final rate (Loshchilov and Hutter, 2017, by steps). */
function cosineAt(
  { learningRate, steps }: Schedule,
  { final, restarts }: NonNullable<Training['cosine']>,
  step: number,
) {
  const begin = restarts.findLast((restart) => restart <= step) ?? 0;
  const end = restarts.find((restart) => restart > step) ?? steps;
  const along = (step - begin) / Math.max(1, end - 1 - begin);
  return final + ((learningRate - final) * (1 + Math.cos(Math.PI * along))) / 2;
}
