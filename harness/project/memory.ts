/** Memory of each device over a scheduled step: does the layout fit? */
import { kindOf } from './costs/operation-kind.js';
import type { PreparedGraph } from './schedule/prepared-graph.js';
import type { Simulation } from './schedule/simulate.js';

export interface DeviceMemory {
  /** Weights and momentum, bytes. */
  readonly variables: number;
  /** Most bytes of tensors alive at one time: activations kept for the backward pass, gradients, received copies. */
  readonly tensors: number;
  /** The two together. */
  readonly peak: number;
}

/** Operations whose output is their input under another name or shape. */
const isAlias = (type: string): boolean => kindOf(type) === 'free' && type !== 'Const' && type !== 'Placeholder';

/**
 * Peak memory by liveness. A tensor is alive from the start of its producer to the end of its last reader; a received
 * copy from the start of its transfer. Kernels' own workspaces and fragmentation are left out, as is the reuse of an
 * input's memory for the output.
 */
export function memoryOf(graph: PreparedGraph, simulation: Simulation): DeviceMemory[] {
  const { operations, variableBytes } = graph.graph;
  const changes: Change[][] = Array.from({ length: graph.devices }, () => []);
  const alive = (device: number, bytes: number, from: number, to: number): void => {
    if (bytes === 0) return;
    changes[device]?.push({ time: from, bytes }, { time: to, bytes: -bytes });
  };
  const lastUse = lastUses(graph, simulation);
  for (const [index, operation] of operations.entries()) {
    if (isAlias(operation.type)) continue;
    for (const [output, { bytes }] of operation.outputs.entries())
      alive(operation.device, bytes, simulation.start[index] ?? 0, lastUse.of(index, output));
  }
  for (let transfer = 0; transfer < graph.transfers; transfer++) {
    const from = simulation.transferStart[transfer] ?? 0;
    const device = graph.target[transfer] ?? 0;
    alive(device, graph.bytes[transfer] ?? 0, from, lastUse.ofReceived(transfer));
  }
  return changes.map((list, device) => {
    const variables = variableBytes[device] ?? 0;
    const tensors = peakOf(list);
    return { variables, tensors, peak: variables + tensors };
  });
}

interface Change {
  readonly time: number;
  readonly bytes: number;
}

/** At one instant what ends comes before what begins: an operation starts when the one before it has freed its inputs. */
function peakOf(changes: Change[]): number {
  changes.sort((a, b) => a.time - b.time || a.bytes - b.bytes);
  let [now, peak] = [0, 0];
  for (const { bytes } of changes) {
    now += bytes;
    peak = Math.max(peak, now);
  }
  return peak;
}

/** When the last reader of each tensor ends, on the device of the tensor; reads through an alias count. */
function lastUses(graph: PreparedGraph, simulation: Simulation) {
  const { operations } = graph.graph;
  const key = (operation: number, output: number): number => operation * 64 + output;
  const ends = new Map<number, number>();
  const received = new Float64Array(graph.transfers);
  const transferOf = new Map<string, number>();
  for (let transfer = 0; transfer < graph.transfers; transfer++)
    transferOf.set(`${graph.producer[transfer]}:${graph.sentOutput[transfer]}@${graph.target[transfer]}`, transfer);
  // Readers come after what they read, so walking backwards sees an alias's readers before the alias.
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const end = Math.max(
      simulation.end[index] ?? 0,
      isAlias(operation.type)
        ? Math.max(0, ...operation.outputs.map((_, output) => ends.get(key(index, output)) ?? 0))
        : 0,
    );
    for (const input of operation.inputs) {
      const transfer = transferOf.get(`${input.operation}:${input.output}@${operation.device}`);
      if (transfer === undefined)
        ends.set(key(input.operation, input.output), Math.max(end, ends.get(key(input.operation, input.output)) ?? 0));
      else received[transfer] = Math.max(received[transfer] ?? 0, end);
    }
  }
  for (let transfer = 0; transfer < graph.transfers; transfer++) {
    const output = graph.sentOutput[transfer] ?? -1;
    if (output < 0) continue;
    const sent = key(graph.producer[transfer] ?? 0, output);
    ends.set(sent, Math.max(simulation.transferEnd[transfer] ?? 0, ends.get(sent) ?? 0));
  }
  return {
    of: (operation: number, output: number): number =>
      Math.max(simulation.end[operation] ?? 0, ends.get(key(operation, output)) ?? 0),
    ofReceived: (transfer: number): number =>
      Math.max(simulation.transferArrival[transfer] ?? 0, received[transfer] ?? 0),
  };
}
