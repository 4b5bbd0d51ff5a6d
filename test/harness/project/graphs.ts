/** Step graphs for tests: written by hand, or drawn at random. */
import type { StepGraph, StepOperation } from '../../../harness/engine/step-graph.js';
import { seededRandom } from '../../../harness/core/seeded-random.js';

export interface Op {
  readonly device: number;
  /** Indices of producers. */
  readonly from?: readonly number[];
  /** Bytes of its one output. */
  readonly bytes?: number;
  readonly control?: readonly number[];
  readonly type?: string;
  readonly flops?: number;
}

/** A graph of operations with one output each. */
export function graphOf(devices: number, ops: readonly Op[], variableBytes?: readonly number[]): StepGraph {
  const bytesOf = (index: number): number => ops[index]?.bytes ?? 0;
  return {
    devices,
    variableBytes: variableBytes ?? new Array<number>(devices).fill(0),
    operations: ops.map((op, index): StepOperation => ({
      name: `op${index}`,
      type: op.type ?? 'AddV2',
      device: op.device,
      pass: 'forward',
      inputs: (op.from ?? []).map((operation) => ({ operation, output: 0, bytes: bytesOf(operation) })),
      control: op.control ?? [],
      outputs: [{ shape: [bytesOf(index) / 4], dtype: 'float32', bytes: bytesOf(index) }],
      flops: op.flops ?? 0,
    })),
  };
}

/** A random graph with random durations: every operation reads up to three earlier ones. */
export function randomGraph(seed: number): { graph: StepGraph; durations: Float64Array } {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const devices = 1 + below(4);
  const count = 5 + below(60);
  const ops = Array.from({ length: count }, (_, index): Op => {
    const from = index === 0 ? [] : Array.from({ length: below(4) }, () => below(index));
    return { device: below(devices), from, bytes: 4 * below(1000) };
  });
  // Some operations take no time at all: ties are where schedulers go wrong.
  const durations = Float64Array.from(ops, () => (random() < 0.2 ? 0 : random() * 100));
  return { graph: graphOf(devices, ops), durations };
}
