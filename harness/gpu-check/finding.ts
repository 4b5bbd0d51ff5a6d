/** What one check found. */
import { z } from 'zod';

export const findingSchema = z.strictObject({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'left-out']),
  /** One sentence with the figures behind it. */
  detail: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const judged = (name: string, ok: boolean, detail: string): Finding => ({
  name,
  outcome: ok ? 'passed' : 'failed',
  detail,
});

export const leftOut = (name: string, detail: string): Finding => ({ name, outcome: 'left-out', detail });

/** Largest difference over the largest value; `Infinity` where one is not a number. */
export function relativeDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [difference, largest] = [0, 0];
  for (let index = 0; index < wanted.length; index += 1) {
    const [a, b] = [found[index] ?? NaN, wanted[index] ?? NaN];
    if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
    difference = Math.max(difference, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  return difference === 0 ? 0 : difference / largest;
}
