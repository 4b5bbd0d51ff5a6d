import { describe, expect, it } from 'vitest';
import type { StepProfile } from '../../../../harness/engine/step-graph.js';
import { profileInTurns } from '../../../../harness/kinds/rows/profiled-steps.js';
import type { TimedRow } from '../../../../harness/kinds/rows/rows.js';

const signal = new AbortController().signal;
const batch = async () => ({ images: new Float32Array(1), labels: new Int32Array(1) });
const profileOf = (step: number) => ({ span: [step] }) as unknown as StepProfile;

const row = (name: string, order: string[]): TimedRow => {
  let step = 0;
  return {
    row: name,
    layout: '',
    parameters: 1,
    compileSeconds: 0,
    step: async () => undefined,
    profile: async () => {
      order.push(name);
      return profileOf(step++);
    },
  };
};

/** The load meter of a machine whose load is known beforehand: a reading a step. */
const meter = (loads: readonly (number | null)[]) => {
  let next = 0;
  return () => loads[next++] ?? 0;
};

describe('profiled steps', () => {
  it('are taken in turns, as many as asked for where nobody disturbs them', async () => {
    const order: string[] = [];
    const rows = [row('a', order), row('b', order)];
    const taken = await profileInTurns(rows, batch, { fewest: 3, most: 3, seconds: 0 }, signal, meter([]));
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    for (const one of rows) expect(taken?.profiles.get(one)).toHaveLength(3);
    expect(taken?.otherLoad).toBe(0);
  });

  it('are taken again where others disturb them, and only the undisturbed ones count', async () => {
    const order: string[] = [];
    const only = row('a', order);
    const loads = meter([0, 0.4, 0.4, 0, 0]);
    const taken = await profileInTurns([only], batch, { fewest: 3, most: 3, seconds: 0 }, signal, loads);
    expect(taken?.profiles.get(only)?.map(({ span }) => span[0])).toEqual([0, 3, 4]);
    expect(taken?.otherLoad).toBe(0);
  });

  it('are taken again where the host ran the cores on one', async () => {
    const only = row('a', []);
    const probes = [1, 1.8, 1.8, 1, 1.1];
    let next = 0;
    const probe = { run: () => probes[next++] ?? 1, close: async () => undefined };
    const limits = { fewest: 3, most: 3, seconds: 0 };
    const taken = await profileInTurns([only], batch, limits, signal, meter([]), probe);
    expect(taken?.profiles.get(only)?.map(({ span }) => span[0])).toEqual([0, 3, 4]);
  });

  it('all count where too few are undisturbed, and the load is said', async () => {
    const only = row('a', []);
    const loads = meter(Array.from({ length: 20 }, () => 0.4));
    const taken = await profileInTurns([only], batch, { fewest: 3, most: 3, seconds: 0 }, signal, loads);
    expect(taken?.profiles.get(only)).toHaveLength(6);
    expect(taken?.otherLoad).toBeCloseTo(0.4, 10);
  });
});
