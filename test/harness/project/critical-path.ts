/** The chain of operations and transfers that made a schedule as long as it is: a schedule without gaps has one. */
import type { PreparedGraph } from '../../../harness/project/schedule/prepared-graph.js';
import type { Simulation } from '../../../harness/project/schedule/simulate.js';

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
