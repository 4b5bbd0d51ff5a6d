import { describe, expect, it } from 'vitest';
import type { StepGraph, StepProfile } from '../../../harness/engine/step-graph.js';
import { cardNamed, cards } from '../../../harness/project/costs/cards.js';
import { priceGraph, requireSameHardware } from '../../../harness/project/costs/costs.js';
import { measuredCosts } from '../../../harness/project/costs/measured-costs.js';
import { quantile } from '../../../harness/project/costs/quantile.js';
import { operationTimes } from '../../../harness/project/costs/operation-times.js';
import { defaultEfficiency, rooflineCosts, rooflineTime } from '../../../harness/project/costs/roofline.js';
import { graphOf, type Op } from './graphs.js';

const cpu = { kind: 'cpu', model: 'test' } as const;

/** A profile whose operations ran one after the other with a gap between them. */
function profileOf(graph: StepGraph, steps: readonly (readonly number[])[], gap = 0, fixed = 0): StepProfile {
  const starts = steps.map((durations) => {
    let now = fixed;
    return Float64Array.from(durations, (time) => {
      const start = now;
      now += time + gap;
      return start;
    });
  });
  return {
    graph,
    start: starts,
    duration: steps.map((durations) => Float64Array.from(durations)),
    span: steps.map(
      (durations) => fixed + durations.reduce((sum, time) => sum + time, 0) + gap * (durations.length - 1),
    ),
    hardware: cpu,
  };
}

const costsOf = (...profiles: StepProfile[]) => measuredCosts([operationTimes(profiles)]);

const small: Op = { device: 0, bytes: 400 };
const large: Op = { device: 0, bytes: 4000 };

describe('costs measured from a profile', () => {
  it('price an operation by what operations of its type and shapes took, unmoved by slow steps', () => {
    const graph = graphOf(1, [small, large]);
    const steps = [1000, 12, 10, 11].map((time) => [time, 100]);
    const { durations, estimatedShare } = priceGraph(costsOf(profileOf(graph, steps)), graph);
    expect([...durations]).toEqual([10, 100]);
    expect(estimatedShare).toBe(0);
  });

  it('price another layout: the device does not matter, the shapes do', () => {
    const costs = costsOf(profileOf(graphOf(1, [small, large]), [[10, 100]]));
    const moved = graphOf(2, [
      { ...large, device: 1 },
      { ...small, device: 0 },
    ]);
    expect([...priceGraph(costs, moved).durations]).toEqual([100, 10]);
  });

  it('bring measurements of another speed of the machine to one, by the operations they share', () => {
    const other: Op = { device: 0, bytes: 8000 };
    // The second was measured while everything took half as long again; only there is the third operation.
    const costs = measuredCosts([
      operationTimes([profileOf(graphOf(1, [small, large]), [[10, 100]])]),
      operationTimes([profileOf(graphOf(1, [small, large, other]), [[15, 150, 300]])]),
    ]);
    const { durations } = priceGraph(costs, graphOf(1, [small, large, other]));
    expect([...durations].map(Math.round)).toEqual([10, 100, 200]);
  });

  it('stay as they are where two measurements share next to nothing', () => {
    const other: Op = { device: 0, bytes: 8000 };
    const costs = measuredCosts([
      operationTimes([profileOf(graphOf(1, [small, large]), [[10, 100]])]),
      operationTimes([profileOf(graphOf(1, [small, other]), [[30, 300]])]),
    ]);
    expect(priceGraph(costs, graphOf(1, [other])).durations[0]).toBe(300);
  });

  it('estimate what was not measured from the nearest of its type, by bytes, and say so', () => {
    const costs = costsOf(profileOf(graphOf(1, [small, large]), [[10, 100]]));
    const { durations, estimatedShare } = priceGraph(costs, graphOf(1, [{ device: 0, bytes: 8000 }]));
    expect(durations[0]).toBeCloseTo(200, 9);
    expect(estimatedShare).toBe(1);
  });

  it('charge the gap between operations and the rest of the step, seen where one device never waits', () => {
    const costs = costsOf(profileOf(graphOf(1, [small, small, small]), [[10, 10, 10]], 2, 7));
    expect(priceGraph(costs, graphOf(1, [small])).durations[0]).toBe(12);
    expect(costs.fixedPerStep).toBe(7);
  });

  it('give operations that TensorFlow left out no time', () => {
    const profile = profileOf(graphOf(1, [small, large]), [[10, 100]]);
    profile.duration[0]?.fill(NaN, 0, 1);
    expect(priceGraph(costsOf(profile), graphOf(1, [small])).durations[0]).toBe(0);
  });

  it('redraw from the measured steps, the same for the same draws', () => {
    const graph = graphOf(1, [small]);
    const costs = costsOf(profileOf(graph, [[10], [20], [30], [40]]));
    const redrawn = (value: number) =>
      priceGraph(
        costs.redrawn(() => value),
        graph,
      ).durations[0];
    expect(redrawn(0)).toBe(10);
    expect(redrawn(0.99)).toBe(40);
  });

  it('never mix CPU and GPU, nor two models', () => {
    const profile = profileOf(graphOf(1, [small]), [[10]]);
    const gpu: StepProfile = { ...profile, hardware: { kind: 'gpu', model: 'test' } };
    expect(() => costsOf(profile, gpu)).toThrow(expect.objectContaining({ code: 'COSTS_MIXED' }));
    const [one, other] = [operationTimes([profile]), operationTimes([gpu])];
    expect(() => measuredCosts([one, other])).toThrow(expect.objectContaining({ code: 'COSTS_MIXED' }));
    expect(() => requireSameHardware(cpu, { kind: 'cpu', model: 'other' })).toThrow(/other/);
    expect(() => operationTimes([])).toThrow(expect.objectContaining({ code: 'PROFILE_EMPTY' }));
    expect(() => measuredCosts([])).toThrow(expect.objectContaining({ code: 'PROFILE_EMPTY' }));
  });
});

describe('the roofline of a card', () => {
  const p100 = cardNamed('p100');
  const operationOf = (op: Op) => {
    const [operation] = graphOf(1, [op]).operations;
    if (operation === undefined) throw new Error('no operation');
    return operation;
  };
  const convolution = (flops: number, bytes: number) => operationOf({ device: 0, type: 'Conv2D', flops, bytes });

  it('is the longest of computing, moving and launching', () => {
    // 6.36e9 FLOP at 60 % of 10.6 TFLOP/s: 1000 us.
    expect(rooflineTime(convolution(6.36e9, 0), p100, defaultEfficiency)).toBeCloseTo(1000, 6);
    // 549 MB at 75 % of 732 GB/s: 1000 us.
    expect(rooflineTime(convolution(0, 549e6), p100, defaultEfficiency)).toBeCloseTo(1000, 6);
    expect(rooflineTime(convolution(1, 4), p100, defaultEfficiency)).toBe(defaultEfficiency.launch);
    expect(rooflineTime(operationOf({ device: 0, type: 'Reshape', bytes: 1e9 }), p100, defaultEfficiency)).toBe(0);
  });

  it('never gets shorter with more FLOPs, more bytes or a longer launch, nor longer with a faster card', () => {
    const sizes = [0, 1e3, 1e6, 1e9, 1e12];
    for (const card of cards)
      for (const flops of sizes)
        for (const bytes of sizes) {
          const time = rooflineTime(convolution(flops, bytes), card, defaultEfficiency);
          expect(rooflineTime(convolution(2 * flops + 1, bytes), card, defaultEfficiency)).toBeGreaterThanOrEqual(time);
          expect(rooflineTime(convolution(flops, 2 * bytes + 4), card, defaultEfficiency)).toBeGreaterThanOrEqual(time);
          const slower = { ...defaultEfficiency, launch: 2 * defaultEfficiency.launch };
          expect(rooflineTime(convolution(flops, bytes), card, slower)).toBeGreaterThanOrEqual(time);
          const faster = { ...card, teraflops: 2 * card.teraflops, memoryBandwidth: 2 * card.memoryBandwidth };
          expect(rooflineTime(convolution(flops, bytes), faster, defaultEfficiency)).toBeLessThanOrEqual(time);
        }
  });

  it('names its source, and the nearest card for one it does not know', () => {
    expect(rooflineCosts(p100).source).toMatch(/60 % of 10.6 TFLOP\/s.*75 % of 732 GB\/s/);
    expect(() => cardNamed('p10')).toThrow(/did you mean p100/);
    expect(new Set(cards.map(({ id }) => id)).size).toBe(cards.length);
  });
});

it('quantiles interpolate and do not sort as text', () => {
  expect(quantile(Float64Array.from([100, 9, 20]), 0.5)).toBe(20);
  expect(quantile(Float64Array.from([0, 10]), 0.25)).toBe(2.5);
  expect(quantile(new Float64Array(0), 0.5)).toBe(0);
});
