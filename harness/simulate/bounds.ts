/** What no schedule can beat, and the chain of operations that made a schedule as long as it is. */
import type { Topology } from './links.js';
import type { PreparedGraph } from './prepared-graph.js';
import type { Simulation } from './simulate.js';

/** Longest path from the start of each operation to the end of the step, links without contention, microseconds. */
export function longestRemaining(graph: PreparedGraph, durations: Float64Array, topology: Topology): Float64Array {
  const remaining = new Float64Array(graph.operations);
  const { leavingFirst, leaving, readersFirst, readers, localReadersFirst, localReaders, device, target, bytes } =
    graph;
  for (let operation = graph.operations - 1; operation >= 0; operation--) {
    let after = 0;
    for (let at = localReadersFirst[operation] ?? 0; at < (localReadersFirst[operation + 1] ?? 0); at++)
      after = Math.max(after, remaining[localReaders[at] ?? 0] ?? 0);
    for (let at = leavingFirst[operation] ?? 0; at < (leavingFirst[operation + 1] ?? 0); at++) {
      const transfer = leaving[at] ?? 0;
      const link = topology.link(device[operation] ?? 0, target[transfer] ?? 0);
      const crossing = (bytes[transfer] ?? 0) / link.bandwidth + link.latency;
      for (let reader = readersFirst[transfer] ?? 0; reader < (readersFirst[transfer + 1] ?? 0); reader++)
        after = Math.max(after, crossing + (remaining[readers[reader] ?? 0] ?? 0));
    }
    remaining[operation] = (durations[operation] ?? 0) + after;
  }
  return remaining;
}

export interface LowerBounds {
  /** Longest chain of operations that wait for each other, transfers included. */
  readonly criticalPath: number;
  /** Work of the busiest device: with the placement given. */
  readonly busiestDevice: number;
  /** All work over the number of devices: with any placement. */
  readonly evenlySpread: number;
}

/** Lower bounds on the step time without fixed cost, microseconds. */
export function lowerBounds(graph: PreparedGraph, durations: Float64Array, topology: Topology): LowerBounds {
  const work = new Float64Array(graph.devices);
  for (let operation = 0; operation < graph.operations; operation++) {
    const device = graph.device[operation] ?? 0;
    work[device] = (work[device] ?? 0) + (durations[operation] ?? 0);
  }
  return {
    criticalPath: maximum(longestRemaining(graph, durations, topology)),
    busiestDevice: maximum(work),
    evenlySpread: work.reduce((sum, device) => sum + device, 0) / graph.devices,
  };
}

const maximum = (values: Float64Array): number => values.reduce((largest, value) => Math.max(largest, value), 0);

export interface PathStep {
  readonly kind: 'operation' | 'transfer';
  /** Index of the operation or transfer. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The chain that ends with the last operation: each step started when the one before it ended, because it needed its
 * output, its device or its link. First step first.
 */
export function criticalPath(graph: PreparedGraph, simulation: Simulation): PathStep[] {
  const previousOnDevice = previousByStart(graph.device, simulation.start, simulation.end);
  const { localFirst, local, arrivingFirst, arriving, producer } = graph;
  const path: PathStep[] = [];
  let operation = indexOfLargest(simulation.end);
  while (operation >= 0) {
    const start = simulation.start[operation] ?? 0;
    path.push({ kind: 'operation', index: operation, start, end: simulation.end[operation] ?? 0 });
    let latest = -Infinity;
    let before = -1;
    let transfer = -1;
    const consider = (time: number, candidate: number, by: number): void => {
      if (time <= latest) return;
      [latest, before, transfer] = [time, candidate, by];
    };
    for (let at = localFirst[operation] ?? 0; at < (localFirst[operation + 1] ?? 0); at++)
      consider(simulation.end[local[at] ?? 0] ?? 0, local[at] ?? 0, -1);
    for (let at = arrivingFirst[operation] ?? 0; at < (arrivingFirst[operation + 1] ?? 0); at++) {
      const index = arriving[at] ?? 0;
      consider(simulation.transferArrival[index] ?? 0, producer[index] ?? 0, index);
    }
    const previous = previousOnDevice[operation] ?? -1;
    if (previous >= 0) consider(simulation.end[previous] ?? 0, previous, -1);
    if (transfer >= 0)
      path.push({
        kind: 'transfer',
        index: transfer,
        start: simulation.end[before] ?? 0,
        end: simulation.transferArrival[transfer] ?? 0,
      });
    operation = before;
  }
  return path.reverse();
}

/** For each operation the one that ran before it on its device; -1 for the first. */
function previousByStart(device: Int32Array, start: Float64Array, end: Float64Array): Int32Array {
  const order = Array.from(device.keys()).sort(
    (a, b) => (start[a] ?? 0) - (start[b] ?? 0) || (end[a] ?? 0) - (end[b] ?? 0) || a - b,
  );
  const last = new Map<number, number>();
  const previous = new Int32Array(device.length).fill(-1);
  for (const operation of order) {
    const on = device[operation] ?? 0;
    previous[operation] = last.get(on) ?? -1;
    last.set(on, operation);
  }
  return previous;
}

function indexOfLargest(values: Float64Array): number {
  let best = -1;
  values.forEach((value, index) => {
    if (best < 0 || value > (values[best] ?? 0)) best = index;
  });
  return best;
}
