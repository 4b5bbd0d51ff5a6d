import { describe, expect, it } from 'vitest';
import { plain, withShortcut } from '../../../experiments/shortcut/model/arms.js';
import { teacher } from '../../../experiments/shortcut/model/teacher.js';
import { runOnce, runTrials } from '../../../experiments/shortcut/model/trials.js';

const of = teacher({ k: 4, p: 3, r: 1 });

describe('descent on sampled inputs', () => {
  it('follows the exact descent where the batch is large', () => {
    const exact: number[] = [];
    const sampled: number[] = [];
    const options = { teacher: of, arm: withShortcut('constant-rates', 10), seed: 1, steps: 40 };
    runOnce(options, 0, ({ loss }) => exact.push(loss));
    runOnce({ ...options, batch: 4000 }, 0, ({ loss }) => sampled.push(loss));
    expect(sampled[0]).toBe(exact[0]);
    expect(exact.at(-1)).toBeLessThan((exact[0] ?? NaN) / 4);
    // Forty steps with gradients wrong by about 1 / sqrt 4000 = 1.6 % each.
    exact.forEach((loss, step) =>
      expect(Math.abs((sampled[step] ?? NaN) - loss)).toBeLessThan(0.03 * (exact[0] ?? NaN)),
    );
    expect(sampled.at(-1)).not.toBe(exact.at(-1));
  });

  it('ends at the end points of the exact descent for nearly all starts', () => {
    const options = { teacher: of, arm: plain(0.2), seed: 2, steps: 1500 };
    const runs = 60;
    let agreeing = 0;
    const ends = new Set<string>();
    for (let run = 0; run < runs; run++) {
      const { end } = runOnce({ ...options, batch: 16 }, run);
      ends.add(end);
      if (runOnce(options, run).end === end) agreeing += 1;
    }
    expect([...ends].sort()).toEqual(['global', 'spurious']);
    // Only starts near the boundary between the two basins are decided by the noise.
    expect(agreeing).toBeGreaterThanOrEqual(0.85 * runs);
  });

  it('finds the teacher from every start after warm-up', () => {
    const arm = withShortcut('warm-up', 30);
    expect(runTrials({ teacher: of, arm, trials: 40, seed: 3, batch: 8 })).toMatchObject({ global: 40 });
  });

  it('is unstable where the rate is too large for the noise of a small batch', () => {
    const arm = plain(3);
    expect(runTrials({ teacher: of, arm, trials: 20, seed: 4, batch: 1, steps: 500 }).unstable).toBeGreaterThan(15);
  });

  it('repeats exactly', () => {
    const options = { teacher: of, arm: plain(0.2), trials: 10, seed: 5, batch: 4, steps: 300 };
    expect(runTrials(options)).toEqual(runTrials(options));
    expect(runTrials({ ...options, seed: 6 })).not.toEqual(runTrials(options));
  });
});
