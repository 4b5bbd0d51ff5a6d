/** Memory of each device over a scheduled step: does the layout fit, and what takes it? */
import { deviceMemory, peaksOf, tensorKey, weightGradients, type MemoryChange } from '../engine/device-memory.js';
import type { DeviceMemory, StepGraph } from '../engine/step-graph.js';
import { kindOf } from '../engine/operation-kind.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';
import type { Simulation } from './schedule/simulate.js';

/** Operations whose output is their input under another name or shape. */
const isAlias = (type: string): boolean => kindOf(type) === 'free' && type !== 'Const' && type !== 'Placeholder';

/**
 * Peak memory by liveness. A tensor is alive from the start of its producer to the end of its last reader; a received
 * copy from the start of its transfer. Kernels' own workspaces and fragmentation are left out, as is the reuse of an
 * input's memory for the output.
 */
export function memoryOf(graph: PreparedGraph, timing: Timing): DeviceMemory[] {
  const { operations } = graph.graph;
  const changes: MemoryChange[][] = Array.from({ length: graph.devices }, () => []);
  const alive = (device: number, bytes: number, from: number, to: number, ofWeight: boolean): void => {
    if (bytes === 0) return;
    const of = ofWeight ? 'weight gradient' : 'activation';
    changes[device]?.push({ time: from, bytes, of }, { time: to, bytes: -bytes, of });
  };
  const lastUse = lastUses(graph, timing);
  const gradients = weightGradients(graph.graph);
  for (const [index, operation] of operations.entries()) {
    if (isAlias(operation.type)) continue;
    for (const [output, { bytes }] of operation.outputs.entries())
      alive(
        operation.device,
        bytes,
        timing.start[index] ?? 0,
        lastUse.of(index, output),
        gradients.has(tensorKey(index, output)),
      );
  }
  for (let transfer = 0; transfer < graph.transfers; transfer++) {
    const from = timing.transferStart[transfer] ?? 0;
    const device = graph.target[transfer] ?? 0;
    const sent = tensorKey(graph.producer[transfer] ?? 0, graph.sentOutput[transfer] ?? 0);
    alive(device, graph.bytes[transfer] ?? 0, from, lastUse.ofReceived(transfer), gradients.has(sent));
  }
  return deviceMemory(graph.graph, changes.map(peaksOf));
}

/**
 * Memory of a step whose operations run in program order, one after the other, whatever each takes: the order of devices of
 * one core. What crosses devices arrives when it is made.
 */
export function memoryInProgramOrder(graph: StepGraph): DeviceMemory[] {
  const prepared = prepareGraph(graph);
  const start = Float64Array.from(graph.operations, (_, index) => index);
  const end = start.map((time) => time + 1);
  const sent = Float64Array.from(prepared.producer, (operation) => end[operation] ?? 0);
  return memoryOf(prepared, { start, end, transferStart: sent, transferEnd: sent, transferArrival: sent });
}

/** When operations run and tensors cross, in any unit. */
type Timing = Pick<Simulation, 'start' | 'end' | 'transferStart' | 'transferEnd' | 'transferArrival'>;

/** When the last reader of each tensor ends, on the device of the tensor; reads through an alias count. */
function lastUses(graph: PreparedGraph, timing: Timing) {
  const { operations } = graph.graph;
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
      timing.end[index] ?? 0,
      isAlias(operation.type)
        ? Math.max(0, ...operation.outputs.map((_, output) => ends.get(tensorKey(index, output)) ?? 0))
        : 0,
    );
    for (const input of operation.inputs) {
      const transfer = transferOf.get(`${input.operation}:${input.output}@${operation.device}`);
      if (transfer === undefined)
        ends.set(
          tensorKey(input.operation, input.output),
          Math.max(end, ends.get(tensorKey(input.operation, input.output)) ?? 0),
        );
      else received[transfer] = Math.max(received[transfer] ?? 0, end);
    }
  }
  for (let transfer = 0; transfer < graph.transfers; transfer++) {
    const output = graph.sentOutput[transfer] ?? -1;
    if (output < 0) continue;
    const sent = tensorKey(graph.producer[transfer] ?? 0, output);
    ends.set(sent, Math.max(timing.transferEnd[transfer] ?? 0, ends.get(sent) ?? 0));
  }
  return {
    of: (operation: number, output: number): number =>
      Math.max(timing.end[operation] ?? 0, ends.get(tensorKey(operation, output)) ?? 0),
    ofReceived: (transfer: number): number => Math.max(timing.transferArrival[transfer] ?? 0, received[transfer] ?? 0),
  };
}
