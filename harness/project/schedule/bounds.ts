/** What no schedule can beat. */
import type { Topology } from './links.js';
import type { PreparedGraph } from './prepared-graph.js';

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
