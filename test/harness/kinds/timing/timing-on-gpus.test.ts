import { describe, expect, it } from 'vitest';
import type { StepGraph, StepProfile } from '../../../../harness/engine/step-graph.js';
import type { CardState } from '../../../../harness/core/process/card-state.js';
import { busySecondsOf, busyShareOf } from '../../../../harness/kinds/timing/busy-time.js';
import { csv, timingJob } from '../../../support/run-folders.js';
import { timed } from './timed-job.js';

describe('a timing on GPUs', () => {
  const state = (...throttled: string[]): CardState[] => [{ uuid: 'GPU-0', megahertz: 1410, celsius: 60, throttled }];
  const byTime = { warmup: 0, rounds: 2, stepsPerRound: 1 };

  it('warms up and takes turns for so long, however short a step is, and leaves the first of each turn out', async () => {
    const [warmupSeconds, turnSeconds] = [0.05, 0.1];
    const spent = new Map<string, number>();
    const { outcome, order } = await timed(timingJob({ ...byTime, warmupSeconds, turnSeconds }), {
      onStep: (row) => {
        const start = performance.now();
        while (performance.now() - start < 5);
        spent.set(row, (spent.get(row) ?? 0) + performance.now() - start);
      },
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const { row, milliseconds, rounds } of outcome.rows) {
      // A step may end within the time and another begin, but none is left that would have fitted.
      expect(spent.get(row)).toBeGreaterThan(1000 * (warmupSeconds + 2 * turnSeconds) - 5 * 3);
      expect(new Set(rounds)).toEqual(new Set([0, 1]));
      expect(milliseconds.length).toBeLessThan(order.filter((name) => name === row).length - 2);
    }
  });

  it('takes a round again in which a card was slowed down, and keeps nothing of it', async () => {
    const states = [state(), state('power brake'), state(), state(), state(), state()];
    const marked: number[] = [];
    let step = 0;
    const { outcome, told, folder } = await timed(timingJob({ warmup: 0, rounds: 2, stepsPerRound: 1 }), {
      cards: async () => states.shift() ?? [],
      onStep: () => void marked.push(step++),
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    // Three rows in three rounds, one of which counts for nothing.
    expect(marked).toHaveLength(9);
    expect(outcome.rows.map(({ rounds }) => rounds)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(csv(folder, 'timings')).toHaveLength(6);
    expect(outcome.cardRounds?.map(({ round, kept }) => [round, kept])).toEqual([
      [0, false],
      [0, true],
      [1, true],
    ]);
    expect(told.filter(({ type }) => type === 'throttled')).toEqual([
      { type: 'throttled', reasons: ['power brake'], turns: 3, again: true },
    ]);
  });

  it('does not wait for ever for a card that is always too hot', async () => {
    const { outcome, order } = await timed(timingJob({ warmup: 0, rounds: 2, stepsPerRound: 1 }), {
      cards: async () => state('too hot, slowed by the driver'),
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    expect(order).toHaveLength(3 * 4);
    expect(outcome.cardRounds?.map(({ kept }) => kept)).toEqual([false, false, true, true]);
  });

  it('tells the share of a step that the cards computed, and what handing over the batch takes', async () => {
    const operation = (device: number) => ({ device }) as StepGraph['operations'][number];
    const ofGpu: StepProfile = {
      graph: { devices: 2, operations: [operation(0), operation(1), operation(0)], variableBytes: [0, 0] },
      // Microseconds 0-100 and 50-250 overlap, 400-500 is apart: 350 in all.
      start: [Float64Array.of(0, 50, 400)],
      duration: [Float64Array.of(100, 200, 100)],
      span: [500],
      hardware: { kind: 'gpu', model: 'Card' },
    };
    expect(busyShareOf(ofGpu, 0.7)).toBeCloseTo(0.5, 12);
    const onGpu = await timed(timingJob(), { profile: async () => ofGpu, feed: async () => 0.25 });
    if ('stoppedAt' in onGpu.outcome) throw new Error('stopped');
    for (const { busyShare, feedMilliseconds } of onGpu.outcome.rows) {
      // Fake steps take microseconds: the cards would be busy all the time.
      expect(busyShare).toBe(1);
      expect(feedMilliseconds).toBe(0.25);
    }
    const onCpu = await timed(timingJob(), {
      profile: async () => ({ ...ofGpu, hardware: { kind: 'cpu', model: '' } }),
    });
    if ('stoppedAt' in onCpu.outcome) throw new Error('stopped');
    expect(onCpu.outcome.rows.every(({ busyShare }) => busyShare === undefined)).toBe(true);
  });
});

describe('busy time', () => {
  const operation = (device: number) => ({ device }) as StepGraph['operations'][number];
  const profile: StepProfile = {
    graph: { devices: 2, operations: [operation(0), operation(1), operation(0), operation(0)], variableBytes: [0, 0] },
    // Device 0: 0-100, 50-150 (overlaps) and 400-500; device 1: 100-300. The first step is slower and does not count.
    start: [Float64Array.of(0, 0, 0, 0), Float64Array.of(0, 100, 50, 400)],
    duration: [Float64Array.of(900, 900, 900, 900), Float64Array.of(100, 200, 100, 100)],
    span: [900, 500],
    hardware: { kind: 'cpu', model: 'test' },
  };

  it('counts overlapping operations of a device once, in the shortest step', () => {
    expect(busySecondsOf(profile).map((seconds) => Math.round(seconds * 1e6))).toEqual([250, 200, 500]);
  });

  it('is profiled after the timed rounds', async () => {
    const profiledAfter: number[] = [];
    const order: string[] = [];
    const { outcome } = await timed(timingJob(), {
      onStep: (row) => void order.push(row),
      profile: async () => {
        profiledAfter.push(order.length);
        return profile;
      },
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    // Two steps of three rows.
    expect(profiledAfter).toEqual(Array.from({ length: 6 }, () => 15));
    expect(outcome.rows[0]?.busySeconds).toHaveLength(3);
  });
});
