import { describe, expect, it } from 'vitest';
import { relativeSpeedUp } from '../../../../harness/core/statistics.js';
import { controlOf, isOff } from '../../../../harness/kinds/timing/control.js';
import { loadOfRound, undisturbed } from '../../../../harness/kinds/timing/undisturbed.js';

/** Two rows of a step a round; in some rounds a burst of other work makes one of them slower. */
function rowsOf(loads: readonly number[]) {
  const rounds = loads.map((_, round) => round);
  const row = (quiet: number, slowed: boolean) => ({
    milliseconds: loads.map((load) => quiet * (slowed && load > 0 ? 3 : 1)),
    rounds,
    otherLoads: [...loads],
  });
  return [row(100, false), row(80, true)] as const;
}

describe('the rounds that count', () => {
  it('are those without a disturbing load: bursts do not move the speed-up', () => {
    const rows = rowsOf([0, 0.5, 0, 0.5, 0.5, 0, 0.5, 0]);
    const [baseline, own] = undisturbed(rows).rows;
    if (!baseline || !own) throw new Error('no rows');
    expect(own.rounds).toEqual([0, 2, 5, 7]);
    expect(relativeSpeedUp(baseline, own).percent).toBeCloseTo(20, 10);
    expect(undisturbed(rows).otherLoad).toBe(0);
    // All rounds together would not even say that it is faster.
    expect(relativeSpeedUp(rows[0], rows[1]).interval?.low).toBeLessThan(0);
  });

  it('are all where fewer than four are undisturbed, and then the load is that of all', () => {
    const rows = rowsOf([0, 0, 0, 0.5, 0.5, 0.5]);
    const used = undisturbed(rows);
    expect(used.rows).toEqual(rows);
    expect(used.otherLoad).toBeGreaterThan(0.2);
  });

  it('are all where the system does not tell the load', () => {
    const rows = [{ milliseconds: [1, 2], rounds: [0, 1] }];
    expect(undisturbed(rows)).toEqual({ rows, otherLoad: null });
    expect(loadOfRound(rows, 0)).toBeNull();
  });
});

describe('the baseline against itself', () => {
  const rounds = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];

  it('comes to nothing on a steady machine, also where it slows down steadily', () => {
    const steady = controlOf({ milliseconds: rounds.map((_, step) => 100 + (step % 3)), rounds });
    expect(steady?.interval).toMatchObject({ low: expect.any(Number) as number });
    expect(steady && isOff(steady)).toBe(false);
    const slowing = controlOf({ milliseconds: rounds.map((_, step) => 100 + 2 * step), rounds });
    expect(slowing && isOff(slowing)).toBe(false);
  });

  it('is off where each step depends on where it stood in its round', () => {
    // Before the others 100, after them 110 in one round and the other way round in the next.
    const milliseconds = [100, 110, 110, 100, 100, 110, 110, 100, 100, 110, 110, 100];
    const control = controlOf({ milliseconds, rounds });
    expect(control?.percent).toBeCloseTo(-10, 10);
    expect(control && isOff(control)).toBe(true);
  });

  it('cannot be had of one step a round', () => {
    expect(controlOf({ milliseconds: [1, 2, 3], rounds: [0, 1, 2] })).toBeNull();
  });
});
