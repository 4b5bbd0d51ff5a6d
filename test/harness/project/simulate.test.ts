import { describe, expect, it } from 'vitest';
import { lowerBounds } from '../../../harness/project/schedule/bounds.js';
import { allToAll, freeLinks, joinedPairs, type Topology } from '../../../harness/project/schedule/links.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate, type SimulationOptions } from '../../../harness/project/schedule/simulate.js';
import { graphOf, randomGraph, type Op } from './graphs.js';
import { criticalPath } from './critical-path.js';

const run = (devices: number, ops: readonly Op[], durations: number[], options: Partial<SimulationOptions> = {}) =>
  simulate(prepareGraph(graphOf(devices, ops)), Float64Array.from(durations), {
    topology: freeLinks(devices),
    ...options,
  });

describe('schedules worked out by hand', () => {
  it('runs a chain on one device end to end', () => {
    const { stepTime, start, busy } = run(
      1,
      [{ device: 0 }, { device: 0, from: [0] }, { device: 0, from: [1] }],
      [3, 4, 5],
    );
    expect(stepTime).toBe(12);
    expect([...start]).toEqual([0, 3, 7]);
    expect([...busy]).toEqual([12]);
  });

  it('runs independent operations of two devices at the same time, and of one device after each other', () => {
    expect(run(2, [{ device: 0 }, { device: 1 }], [10, 7]).stepTime).toBe(10);
    expect(run(1, [{ device: 0 }, { device: 0 }], [10, 7]).stepTime).toBe(17);
  });

  it('charges a tensor that crosses latency plus bytes over bandwidth', () => {
    // 2 us of work, 1000 bytes at 100 bytes/us = 10 us, 5 us latency, 3 us of work.
    const { stepTime, start } = run(
      2,
      [
        { device: 0, bytes: 1000 },
        { device: 1, from: [0] },
      ],
      [2, 3],
      {
        topology: allToAll(2, { latency: 5, bandwidth: 100 }),
      },
    );
    expect(start[1]).toBe(17);
    expect(stepTime).toBe(20);
  });

  it('lets a copy between GPUs wait for what the receiver’s stream held, and not for what comes later', () => {
    const ops: Op[] = [
      { device: 0, bytes: 1000 },
      // In the receiver's stream from the start: 30 us.
      { device: 1 },
      { device: 1 },
      // What waits for the copy.
      { device: 1, from: [0] },
      // Ready at 32 us, long after the copy was asked for.
      { device: 1, from: [2] },
    ];
    const durations = [2, 10, 20, 5, 100];
    const topology = allToAll(2, { latency: 0, bandwidth: 100 });
    const direct = run(2, ops, durations, { topology, order: 'ready' });
    expect([...direct.transferStart]).toEqual([2]);
    const queued = run(2, ops, durations, { topology, order: 'ready', queuedCopies: true });
    expect([...queued.transferStart]).toEqual([30]);
    // Its reader comes after the operation that was put into the stream meanwhile.
    expect([...queued.start]).toEqual([0, 0, 10, 130, 30]);
    expect(() => run(2, ops, durations, { topology, queuedCopies: true })).toThrow(RangeError);
  });

  it('never ends a step sooner by waiting copies than its longest chain allows, and always ends it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { graph, durations } = randomGraph(seed);
      const prepared = prepareGraph(graph);
      const topology = allToAll(graph.devices, { latency: 1, bandwidth: 100 });
      const { stepTime } = simulate(prepared, durations, { topology, order: 'ready', queuedCopies: true });
      expect(stepTime).toBeGreaterThanOrEqual(lowerBounds(prepared, durations, topology).criticalPath - 1e-9);
    }
  });

  it('sends a tensor once to a device, however many read it there', () => {
    const ops: Op[] = [
      { device: 0, bytes: 1000 },
      { device: 1, from: [0] },
      { device: 1, from: [0] },
    ];
    const { stepTime, transferStart } = run(2, ops, [0, 1, 1], {
      topology: allToAll(2, { latency: 0, bandwidth: 100 }),
    });
    expect(transferStart).toHaveLength(1);
    expect(stepTime).toBe(12);
  });

  it('lets two tensors on one link wait for each other, and not on links of their own', () => {
    const ops: Op[] = [
      { device: 0, bytes: 1000 },
      { device: 0, bytes: 500 },
      { device: 1, from: [0] },
      { device: 1, from: [1] },
      { device: 2, from: [1] },
    ];
    const { start } = run(3, ops, [0, 0, 1, 1, 1], { topology: allToAll(3, { latency: 2, bandwidth: 100 }) });
    // To device 1: 0-10 and 10-15, each 2 us later; to device 2 at once: 0-5.
    expect([...start]).toEqual([0, 0, 12, 17, 7]);
  });

  it('makes pairs joined by one slower channel share it', () => {
    const topology = joinedPairs(4, { latency: 0, bandwidth: 100 }, { latency: 1, bandwidth: 50 });
    const ops: Op[] = [
      { device: 0, bytes: 100 },
      { device: 1, bytes: 100 },
      { device: 1, from: [0] },
      { device: 2, from: [0] },
      { device: 3, from: [1] },
    ];
    const { start } = run(4, ops, [0, 0, 0, 0, 0], { topology });
    // Inside the pair 1 us. Between pairs 2 us each, one after the other, 1 us latency.
    expect([start[2], start[3], start[4]]).toEqual([1, 3, 5]);
  });

  it('keeps program order on a device even where a later operation could start', () => {
    const ops: Op[] = [{ device: 1 }, { device: 0, from: [0] }, { device: 0 }];
    expect([...run(2, ops, [10, 1, 5]).start]).toEqual([0, 10, 11]);
  });

  it('starts what has the longest way to go in critical-path order', () => {
    const ops: Op[] = [{ device: 1 }, { device: 0, from: [0] }, { device: 0 }, { device: 1, from: [2] }];
    const { stepTime, start } = run(2, ops, [10, 1, 5, 20], { order: 'critical-path' });
    expect([...start]).toEqual([0, 10, 0, 10]);
    expect(stepTime).toBe(30);
  });

  it('honours a control edge between devices', () => {
    const { start } = run(2, [{ device: 0 }, { device: 1, control: [0] }], [4, 1], {
      topology: allToAll(2, { latency: 2, bandwidth: 1 }),
    });
    expect(start[1]).toBe(6);
  });

  it('stretches operations while both devices are busy', () => {
    // Both run 10 us of work at half speed: 20 us. Then 5 us alone at full speed.
    const ops: Op[] = [{ device: 0 }, { device: 1 }];
    expect(run(2, ops, [10, 15], { stretch: Float64Array.from([2, 2]) }).stepTime).toBe(25);
  });

  it('stretches each operation by its own factor', () => {
    // The first takes twice as long throughout, the second as long as ever.
    const { end } = run(2, [{ device: 0 }, { device: 1 }], [10, 30], { stretch: Float64Array.from([2, 1]) });
    expect([...end]).toEqual([20, 30]);
  });

  it('adds the fixed cost of a step once', () => {
    expect(run(1, [{ device: 0 }, { device: 0 }], [1, 1], { fixedPerStep: 100 }).stepTime).toBe(102);
  });

  it('tells the chain that made the step as long as it is', () => {
    const graph = prepareGraph(
      graphOf(2, [{ device: 0, bytes: 100 }, { device: 0 }, { device: 1, from: [0] }, { device: 1, from: [2] }]),
    );
    const simulation = simulate(graph, Float64Array.from([1, 3, 2, 2]), {
      topology: allToAll(2, { latency: 1, bandwidth: 10 }),
    });
    expect(criticalPath(graph, simulation).map(({ kind, index, end }) => [kind, index, end])).toEqual([
      ['operation', 0, 1],
      ['transfer', 0, 12],
      ['operation', 2, 14],
      ['operation', 3, 16],
    ]);
  });
});

describe('on 300 random graphs', () => {
  const topologies = (devices: number): Topology[] => [
    freeLinks(devices),
    allToAll(devices, { latency: 3, bandwidth: 50 }),
    joinedPairs(devices, { latency: 1, bandwidth: 200 }, { latency: 5, bandwidth: 20 }),
  ];
  // Sums in another order than the schedule's.
  const slack = 1e-9;

  it.each(['program', 'critical-path'] as const)('in %s order stays between the bounds and repeats', (order) => {
    for (let seed = 0; seed < 300; seed++) {
      const { graph, durations } = randomGraph(seed);
      const prepared = prepareGraph(graph);
      for (const topology of topologies(graph.devices)) {
        const simulation = simulate(prepared, durations, { topology, order });
        const bounds = lowerBounds(prepared, durations, topology);
        const everything =
          durations.reduce((sum, time) => sum + time, 0) +
          Array.from(prepared.bytes).reduce((sum, bytes, transfer) => {
            const from = prepared.device[prepared.producer[transfer] ?? 0] ?? 0;
            const link = topology.link(from, prepared.target[transfer] ?? 0);
            return sum + bytes / link.bandwidth + link.latency;
          }, 0);
        expect(simulation.stepTime).toBeGreaterThanOrEqual(bounds.criticalPath - slack);
        expect(simulation.stepTime).toBeGreaterThanOrEqual(bounds.busiestDevice - slack);
        expect(bounds.busiestDevice).toBeGreaterThanOrEqual(bounds.evenlySpread - slack);
        expect(simulation.stepTime).toBeLessThanOrEqual(everything + slack);
        expect(simulate(prepared, durations, { topology, order })).toEqual(simulation);
      }
    }
  });

  it('never starts an operation before its inputs are there, nor two at once on a device', () => {
    for (let seed = 300; seed < 400; seed++) {
      const { graph, durations } = randomGraph(seed);
      const prepared = prepareGraph(graph);
      const topology = allToAll(graph.devices, { latency: 3, bandwidth: 50 });
      for (const order of ['program', 'critical-path'] as const) {
        const { start, end } = simulate(prepared, durations, { topology, order });
        for (const [index, operation] of graph.operations.entries())
          for (const input of operation.inputs) {
            const crossing = graph.operations[input.operation]?.device === operation.device ? 0 : 3 + input.bytes / 50;
            expect(start[index]).toBeGreaterThanOrEqual((end[input.operation] ?? 0) + crossing - slack);
          }
        for (let device = 0; device < graph.devices; device++) {
          const spans = graph.operations
            .flatMap((operation, index) => (operation.device === device ? [[start[index] ?? 0, end[index] ?? 0]] : []))
            .sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
          for (const [at, span] of spans.entries())
            expect(span[0]).toBeGreaterThanOrEqual((spans[at - 1]?.[1] ?? 0) - slack);
        }
      }
    }
  });

  it('ends every critical path at the step time, without gaps', () => {
    for (let seed = 400; seed < 450; seed++) {
      const { graph, durations } = randomGraph(seed);
      const prepared = prepareGraph(graph);
      const topology = allToAll(graph.devices, { latency: 3, bandwidth: 50 });
      const simulation = simulate(prepared, durations, { topology });
      const path = criticalPath(prepared, simulation);
      expect(path[0]?.start).toBe(0);
      expect(path.at(-1)?.end).toBe(simulation.stepTime);
      for (const [at, step] of path.entries()) if (at > 0) expect(step.start).toBe(path[at - 1]?.end);
    }
  });
});
