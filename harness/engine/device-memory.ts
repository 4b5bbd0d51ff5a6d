/** What memory a training step takes on a device, and which of its tensors are gradients of weights. */
import type { DeviceMemory, StepGraph, StepOperation } from './step-graph.js';

/** What comes and goes in a step; most bytes of each at one time. */
export type TensorPeaks = Pick<DeviceMemory, 'tensors' | 'activations' | 'weightGradients'>;

/** Bytes allocated at a time, or freed where they are negative. */
export interface MemoryChange {
  /** In any unit. */
  readonly time: number;
  readonly bytes: number;
  /** `scratch` is what a kernel takes and gives back while it runs: it counts among all tensors alone. */
  readonly of: 'activation' | 'weight gradient' | 'scratch';
}

/** At one instant what ends comes first: an operation starts when the one before it has freed its inputs. */
export function peaksOf(changes: readonly MemoryChange[]): TensorPeaks {
  const sorted = changes.toSorted((a, b) => a.time - b.time || a.bytes - b.bytes);
  const peak = (counts: (change: MemoryChange) => boolean): number => {
    let [now, most] = [0, 0];
    for (const change of sorted) {
      if (!counts(change)) continue;
      now += change.bytes;
      most = Math.max(most, now);
    }
    return most;
  };
  return {
    tensors: peak(() => true),
    activations: peak((change) => change.of === 'activation'),
    weightGradients: peak((change) => change.of === 'weight gradient'),
  };
}

/** The memory of each device, from the peaks of what comes and goes there. */
export function deviceMemory(graph: StepGraph, peaks: readonly TensorPeaks[]): DeviceMemory[] {
  const updated = updatedBytes(graph);
  return peaks.map((own, device) => {
    const variables = graph.variableBytes[device] ?? 0;
    const weights = updated[device] ?? 0;
    return { variables, weights, momentum: weights, ...own, peak: variables + own.tensors };
  });
}

/** Of each device the most in any of some steps; null where there are none. */
export function mostMemory(steps: readonly (readonly DeviceMemory[])[]): DeviceMemory[] | null {
  const [first, ...others] = steps;
  if (first === undefined) return null;
  return first.map((own, device) =>
    others.reduce((most, step) => {
      const other = step[device] ?? own;
      const tensors = Math.max(most.tensors, other.tensors);
      return {
        ...most,
        tensors,
        activations: Math.max(most.activations, other.activations),
        weightGradients: Math.max(most.weightGradients, other.weightGradients),
        peak: most.variables + tensors,
      };
    }, own),
  );
}

export const tensorKey = (operation: number, output: number): number => operation * 64 + output;

/** The gradient that the momentum step of a weight reads, its fourth input; undefined for any other operation. */
export const gradientOf = ({ type, inputs }: StepOperation): StepOperation['inputs'][number] | undefined =>
  type === 'ResourceApplyMomentum' ? inputs[3] : undefined;

/**
 * The tensors that hold gradients of weights, by `tensorKey`: those that updates read, and those of the same size that they
 * are added up from or scaled from.
 */
export function weightGradients({ operations }: StepGraph): ReadonlySet<number> {
  const found = new Set<number>();
  for (let index = operations.length - 1; index >= 0; index--) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const read = gradientOf(operation);
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
  for (const operation of operations) {
    const gradient = gradientOf(operation);
    if (gradient !== undefined) bytes[operation.device] = (bytes[operation.device] ?? 0) + gradient.bytes;
  }
  return bytes;
}
