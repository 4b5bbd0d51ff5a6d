/** Fisher's exact test of two counts, for success rates near 0 and 1, where the normal approximation fails. */
import { gammaln } from 'simple-statistics';

const logChoose = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);

/** Two-sided p-value that `x` of `n` and `y` of `m` come from one rate: all tables at most as likely as this one. */
export function fisherExact(x: number, n: number, y: number, m: number): number {
  const successes = x + y;
  const logProbability = (first: number): number =>
    logChoose(n, first) + logChoose(m, successes - first) - logChoose(n + m, successes);
  const observed = logProbability(x);
  let total = 0;
  for (let first = Math.max(0, successes - m); first <= Math.min(n, successes); first++) {
    const probability = logProbability(first);
    if (probability <= observed + 1e-7) total += Math.exp(probability);
  }
  return Math.min(1, total);
}
