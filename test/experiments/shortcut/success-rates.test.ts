import { describe, expect, it } from 'vitest';
import { plain, withShortcut, type ArmName } from '../../../experiments/shortcut/model/arms.js';
import { teacher } from '../../../experiments/shortcut/model/teacher.js';
import { runTrials, successRate, type TrialCounts } from '../../../experiments/shortcut/model/trials.js';
import { fisherExact } from './fisher-exact.js';
import { constantRates, plainRates, plainRatesByInputs } from './measured-rates.js';

interface Compared {
  readonly cell: string;
  readonly counts: TrialCounts;
  readonly rate: number | null;
  /** Runs behind `rate`. */
  readonly runs: number;
}

const compared: Compared[] = [
  ...plainRates.map(({ k, p, r, rate }) => ({
    cell: `plain k=${k} r=${r}`,
    counts: runTrials({ teacher: teacher({ k, p, r }), arm: plain(5 / k), trials: 1000, seed: 11, steps: 2500 }),
    ...{ rate, runs: 1000 },
  })),
  ...plainRatesByInputs.map(({ k, p, r, rate }) => ({
    cell: `plain p=${p}`,
    counts: runTrials({ teacher: teacher({ k, p, r }), arm: plain(0.2), trials: 1000, seed: 12, steps: 2500 }),
    ...{ rate, runs: 1000 },
  })),
  ...constantRates.map(({ k, p, r, rho, rate }) => ({
    cell: `constant rates k=${k} r=${r} rho=${rho}`,
    counts: runTrials({
      teacher: teacher({ k, p, r }),
      arm: withShortcut('constant-rates', rho),
      trials: 300,
      seed: 13,
    }),
    ...{ rate, runs: 300 },
  })),
];

describe('success rates', () => {
  it('agree with those of another program, by a two-sample test over all cells at 1 %', () => {
    const known = compared.flatMap((one) => (one.rate === null ? [] : [{ ...one, rate: one.rate }]));
    expect(known.length).toBe(42);
    const different = known.filter(
      // Their rates have two digits, so the counts are theirs within half a percent: far below their own spread.
      ({ counts, rate, runs }) =>
        fisherExact(counts.global, counts.trials, Math.round(rate * runs), runs) < 0.01 / known.length,
    );
    expect(different.map(({ cell, counts, rate }) => ({ cell, ours: successRate(counts), rate }))).toEqual([]);
  });

  it('are of runs that ended: at most two runs in a thousand of a cell had not finished, and none was unstable', () => {
    for (const { cell, counts } of compared) {
      expect(counts.unfinished, cell).toBeLessThanOrEqual(counts.trials / 500);
      expect(counts.unstable, cell).toBe(0);
      expect(counts.global + counts.spurious + counts.unfinished, cell).toBe(counts.trials);
    }
  });

  const rateOf = (k: number, p: number, r: number, rate: number): { low: number; high: number } =>
    successRate(runTrials({ teacher: teacher({ k, p, r }), arm: plain(rate), trials: 4000, seed: 21, steps: 4000 }))
      .interval;

  it('of the plain network rise with the inputs of a patch', () => {
    const intervals = [2, 4, 8, 16, 64].map((p) => rateOf(25, p, 4, 0.2));
    intervals.slice(1).forEach(({ low }, index) => {
      expect(low).toBeGreaterThan(intervals[index]?.high ?? NaN);
    });
  });

  it('of the plain network fall with the number of patches', () => {
    const intervals = [16, 25, 36, 64].map((k) => rateOf(k, 8, 4, 5 / k));
    intervals.slice(1).forEach(({ high }, index) => {
      expect(high).toBeLessThan(intervals[index]?.low ?? NaN);
    });
  });

  it('of the plain network are a half for r = 0, where the first angle decides', () => {
    const { low, high } = rateOf(16, 8, 0, 5 / 16);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });

  it('do not depend on the size of the weights, where the rates are scaled with it', () => {
    const run = (norm: number): TrialCounts =>
      runTrials({
        teacher: teacher({ k: 16, p: 8, r: 1, norm }),
        // a scales with the norm and the angle with its square; plain has one rate, so only constant rates can follow.
        arm: { start: 'shortcut', stages: [{ rateA: 0.01, rateV: 1 / norm ** 2, until: 'end' }] },
        trials: 200,
        seed: 5,
        steps: 20_000,
      });
    expect(run(4)).toEqual(run(1));
  });
});

describe('every run finds the teacher', () => {
  const jobs = [
    [16, 1],
    [16, 4],
    [25, 4],
    [64, 4],
    [100, 4],
  ] as const;
  it.each(
    (['warm-up', 'layer-wise'] as const satisfies readonly ArmName[]).flatMap((name) =>
      jobs.flatMap(([k, r]) => [30, 100, 300].map((rho) => ({ name, k, r, rho }))),
    ),
  )('$name, k = $k, r = $r, rho = $rho', ({ name, k, r, rho }) => {
    const counts = runTrials({ teacher: teacher({ k, p: 8, r }), arm: withShortcut(name, rho), trials: 150, seed: 31 });
    expect(counts.global).toBe(150);
  });

  it('warm-up and layer-wise, rho = 1000', () => {
    for (const name of ['warm-up', 'layer-wise'] as const) {
      const options = { teacher: teacher({ k: 16, p: 8, r: 1 }), arm: withShortcut(name, 1000), trials: 60, seed: 32 };
      expect(runTrials(options).global).toBe(60);
    }
  });
});
