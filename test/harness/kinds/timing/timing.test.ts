import { describe, expect, it } from 'vitest';
import { readResult } from '../../../../harness/kinds/index.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import type { CoreProbe } from '../../../../harness/kinds/rows/core-probe.js';
import { meanLoad } from '../../../../harness/kinds/timing/result.js';
import { otherLoadMeter } from '../../../../harness/kinds/rows/other-load.js';
import { undisturbed } from '../../../../harness/kinds/timing/undisturbed.js';
import { turnsOf } from '../../../../harness/kinds/timing/turns.js';
import { fakeWorker } from '../../../support/fake-parts.js';
import { csv, events, read, runFolder, timingJob } from '../../../support/run-folders.js';
import { never, timed } from './timed-job.js';

describe('turns', () => {
  it('every row runs its steps once a round, the baseline half before and half after the others', () => {
    for (let round = 0; round < 5; round += 1) {
      const turns = turnsOf(['a', 'b', 'c'], round, 3);
      expect([turns[0]?.row, turns.at(-1)?.row]).toEqual(['a', 'a']);
      for (const row of ['a', 'b', 'c'])
        expect(turns.filter((turn) => turn.row === row).reduce((sum, { steps }) => sum + steps, 0)).toBe(3);
    }
    expect(turnsOf(['a', 'b'], 0, 1)).toEqual([
      { row: 'a', steps: 1 },
      { row: 'b', steps: 1 },
    ]);
  });

  it.each([2, 3, 5])('a machine that slows down steadily adds the same to the mean of each of %i rows', (count) => {
    const rows = Array.from({ length: count }, (_, i) => i);
    const [rounds, stepsPerRound] = [4, 3];
    const mean = new Map<number, number>();
    let clock = 0;
    for (let round = 0; round < rounds; round += 1)
      for (const { row, steps } of turnsOf(rows, round, stepsPerRound))
        for (let step = 0; step < steps; step += 1)
          mean.set(row, (mean.get(row) ?? 0) + clock++ / (rounds * stepsPerRound));
    const means = [...mean.values()];
    for (const own of means) expect(own).toBeCloseTo(means[0] ?? NaN, 10);
  });
});

describe('a timing job', () => {
  it('warms every row up, then lets them take turns, and times no warm-up', async () => {
    const { order, folder, outcome } = await timed(timingJob());
    const [a, b, c] = ['baseline', 'warpnet1', 'warpnet2'];
    expect(order).toEqual([a, b, c, a, b, b, c, c, a, a, c, c, b, b, a]);
    expect(csv(folder, 'timings').map(({ row, round, step }) => [row, round, step].join(' '))).toEqual([
      'baseline 0 1',
      'warpnet1 0 1',
      'warpnet1 0 2',
      'warpnet2 0 1',
      'warpnet2 0 2',
      'baseline 0 2',
      'baseline 1 3',
      'warpnet2 1 3',
      'warpnet2 1 4',
      'warpnet1 1 3',
      'warpnet1 1 4',
      'baseline 1 4',
    ]);
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const row of outcome.rows) {
      expect(row.rounds).toEqual([0, 0, 1, 1]);
      const inCsv = csv(folder, 'timings').filter((line) => line['row'] === row.row);
      expect(inCsv.map((line) => Number(line['milliseconds']))).toEqual(row.milliseconds);
    }
  });

  it('measures the time a step takes', async () => {
    const wait = 12;
    const { outcome } = await timed(timingJob(), {
      onStep: (row) => {
        const start = performance.now();
        if (row === 'warpnet1') while (performance.now() - start < wait);
      },
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const milliseconds of outcome.rows[1]?.milliseconds ?? []) expect(milliseconds).toBeGreaterThanOrEqual(wait);
  });

  it('goes on until every row has steps during which the host left the cores apart', async () => {
    const slowBut = (apart: (step: number) => boolean): CoreProbe => {
      let step = 0;
      return { run: () => (apart(++step) ? 1 : 1.8), close: async () => undefined };
    };
    // The probe follows each timed step: a round has six.
    const lastRound = async (probe: CoreProbe): Promise<number> => {
      const { outcome } = await timed(timingJob({ rounds: 3 }), { probe });
      if ('stoppedAt' in outcome) throw new Error('stopped');
      return Math.max(...(outcome.rows[0]?.rounds ?? []));
    };
    expect(await lastRound(slowBut((step) => step > 12))).toBe(2);
    expect(await lastRound(slowBut((step) => step === 1 || step > 18))).toBe(3);
    // For ever it is not waited for.
    expect(await lastRound(slowBut((step) => step === 1))).toBe(5);
  });

  it('has the load of others beside each step, in its result and in its CSV', async () => {
    const { outcome, folder } = await timed(timingJob(), {
      otherLoad: otherLoadMeter(),
      // Longer than a tick of the system's clock.
      onStep: () => {
        const start = performance.now();
        while (performance.now() - start < 12);
      },
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const { row, milliseconds, otherLoads } of outcome.rows) {
      expect(otherLoads).toHaveLength(milliseconds.length);
      const inCsv = csv(folder, 'timings').filter((line) => line['row'] === row);
      expect(inCsv.map(({ otherLoad }) => (otherLoad === '' ? null : Number(otherLoad)))).toEqual(otherLoads);
    }
    expect(outcome.otherLoad).toBe(undisturbed(outcome.rows).otherLoad);
    if (process.platform === 'linux') expect(outcome.otherLoad).not.toBeNull();
  });

  it('goes on where others disturb it, until as many rounds as planned are undisturbed', async () => {
    let step = 0;
    // Two rounds are planned; others are busy during the first of three.
    const { outcome } = await timed(timingJob(), { otherLoad: () => (step++ < 6 ? 0.5 : 0) });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const { rounds } of outcome.rows) expect(rounds).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('gives up after twice the planned rounds, and says the load', async () => {
    const { outcome } = await timed(timingJob(), { otherLoad: () => 0.5 });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const { rounds } of outcome.rows) expect(rounds).toHaveLength(2 * 4);
    expect(outcome.otherLoad).toBe(0.5);
  });

  it('has as its load the mean of its steps by their time', () => {
    expect(meanLoad([{ milliseconds: [10, 30], otherLoads: [0.4, 0] }])).toBeCloseTo(0.1, 12);
    // A step that has none counts with the next, whose reading covers both.
    expect(meanLoad([{ milliseconds: [10, 10, 20], otherLoads: [null, 0.5, 0] }])).toBeCloseTo(0.25, 12);
    expect(meanLoad([{ milliseconds: [10], otherLoads: [null] }, { milliseconds: [10] }])).toBeNull();
  });

  it('feeds one batch again and again where the input pipeline is out, and a new one each step where it is in', async () => {
    expect((await timed(timingJob())).asked).toEqual([0]);
    const { asked, order } = await timed(timingJob({ inputPipeline: true }));
    expect(asked.slice(0, order.length)).toEqual(order.map((_, step) => step));
  });

  it('tells the milliseconds of each turn', async () => {
    const { told, outcome } = await timed(timingJob());
    if ('stoppedAt' in outcome) throw new Error('stopped');
    const ofBaseline = told.flatMap((event) =>
      event.type === 'timed' && event.row === 'baseline' ? [...event.milliseconds] : [],
    );
    expect(ofBaseline).toEqual(outcome.rows[0]?.milliseconds);
  });

  it.each([
    { goal: 1000, rounds: 4 },
    { goal: 1e-9, rounds: 8 },
  ])('takes $rounds of 8 rounds where every RS is wanted to $goal points', async ({ goal, rounds }) => {
    const { outcome } = await timed(timingJob({ rounds: 8, goal }), {
      onStep: () => {
        const start = performance.now();
        while (performance.now() - start < 1 + Math.random());
      },
    });
    if ('stoppedAt' in outcome) throw new Error('stopped');
    for (const row of outcome.rows) expect(new Set(row.rounds).size).toBe(rounds);
  });

  it('stops between two steps when asked to', async () => {
    const stop = new AbortController();
    const { outcome, order } = await timed(timingJob(), { signal: stop.signal, onStep: () => stop.abort() });
    expect(outcome).toEqual({ stoppedAt: 0 });
    expect(order).toEqual(['baseline']);
  });

  it('ends with a result, and a second attempt leaves no row of the first', async () => {
    const folder = runFolder(timingJob());
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await runJob(folder, fakeWorker(), never, () => undefined)).toBe('finished');
      const result = readResult(JSON.parse(read(folder, 'result')));
      if (result.kind !== 'timing') throw new Error('not a timing result');
      expect(result.rows.map(({ row, layout, busySeconds }) => ({ row, layout, busySeconds }))).toEqual(
        timingJob().rows.map(({ row, layout }) => ({ row, layout: layout.text, busySeconds: null })),
      );
      // More rounds than planned on a busy machine.
      const steps = result.rows.flatMap(({ milliseconds }) => milliseconds);
      expect(steps.length).toBeGreaterThanOrEqual(3 * 2 * 2);
      expect(csv(folder, 'timings')).toHaveLength(steps.length);
    }
    expect(events(folder).filter((event) => event.type === 'phase' && event.phase === 'compiling')).toHaveLength(6);
  });
});
