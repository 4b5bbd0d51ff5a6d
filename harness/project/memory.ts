/** Memory of each device over a scheduled step: does the layout fit, and what takes it? */
import type { StepGraph } from '../engine/step-graph.js';
import { kindOf } from '../engine/operation-kind.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';
import type { Simulation } from './schedule/simulate.js';

/** All in bytes. Peaks of different things need not come at one time. */
export interface DeviceMemory {
  /** Weights, momentum and running statistics; there throughout. */
  readonly variables: number;
  /** Of the variables, the weights that the step updates. */
  readonly weights: number;
  /** Of the variables, the momentum of these weights. */
  readonly momentum: number;
  /** Most bytes of tensors alive at one time: activations, their gradients, received copies, gradients of weights. */
  readonly tensors: number;
  /** The same without gradients of weights: what grows with the batch. */
  readonly activations: number;
  /** Most bytes of gradients of weights at one time. */
  readonly weightGradients: number;
  /** `variables` and `tensors`. */
  readonly peak: number;
}

/** Operations whose output is their input under another name or shape. */
const isAlias = (type: string): boolean => kindOf(type) === 'free' && type !== 'Const' && type !== 'Placeholder';

/**
 * Peak memory by liveness. A tensor is alive from the start of its producer to the end of its last reader; a received
 * copy from the start of its transfer. Kernels' own workspaces and fragmentation are left out, as is the reuse of an
 * input's memory for the output.
 */
export function memoryOf(graph: PreparedGraph, timing: Timing): DeviceMemory[] {
  const { operations, variableBytes } = graph.graph;
  const changes: Change[][] = Array.from({ length: graph.devices }, () => []);
  const alive = (device: number, bytes: number, from: number, to: number, ofWeight: boolean): void => {
    if (bytes === 0) return;
    changes[device]?.push({ time: from, bytes, ofWeight }, { time: to, bytes: -bytes, ofWeight });
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
  const updated = updatedBytes(graph.graph);
  return changes.map((list, device) => {
    const variables = variableBytes[device] ?? 0;
    const weights = updated[device] ?? 0;
    list.sort((a, b) => a.time - b.time || a.bytes - b.bytes);
    const tensors = peakOf(list);
    return {
      variables,
      weights,
      momentum: weights,
      tensors,
      activations: peakOf(list.filter(({ ofWeight }) => !ofWeight)),
      weightGradients: peakOf(list.filter(({ ofWeight }) => ofWeight)),
      peak: variables + tensors,
    };
  });
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

interface Change {
  readonly time: number;
  readonly bytes: number;
  /** Whether the tensor is a gradient of a weight. */
  readonly ofWeight: boolean;
}

const tensorKey = (operation: number, output: number): number => operation * 64 + output;

/** Position of the gradient among the inputs of an update. */
const gradientInput = 3;

/**
 * The tensors that hold gradients of weights: those that updates read, and those of the same size that they are added up
 * from or scaled from.
 */
function weightGradients({ operations }: StepGraph): ReadonlySet<number> {
  const found = new Set<number>();
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const read = operation.type === 'ResourceApplyMomentum' ? operation.inputs[gradientInput] : undefined;
    if (read !== undefined) found.add(tensorKey(read.operation, read.output));
    const combined = ['AddV2', 'AddN', 'Mul', 'Identity', 'Reshape'].includes(operation.type);
    if (!combined || !found.has(tensorKey(index, 0))) continue;
    for (const input of operation.inputs)
      if (input.bytes === operation.outputs[0]?.bytes) found.add(tensorKey(input.operation, input.output));
  }
  return found;
}

/** Bytes of the weights that each device updates. */
function updatedBytes({ operations, devices }: StepGraph): number[] {
  const bytes = Array.from({ length: devices }, () => 0);
  for (const { type, device, inputs } of operations)
    if (type === 'ResourceApplyMomentum') bytes[device] = (bytes[device] ?? 0) + (inputs[gradientInput]?.bytes ?? 0);
  return bytes;
}

/** Of changes by time; at one instant what ends comes first: an operation starts when the one before it has freed its inputs. */
function peakOf(changes: readonly Change[]): number {
  let [now, peak] = [0, 0];
  for (const { bytes } of changes) {
    now += bytes;
    peak = Math.max(peak, now);
  }
  return peak;
}

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
