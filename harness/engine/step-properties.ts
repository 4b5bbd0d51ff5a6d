/** What a step costs, read from its graph: floating-point operations, bytes, trained values. */
import { gradientOf } from './device-memory.js';
import type { StepGraph, StepOperation } from './step-graph.js';

/** What the number of floating-point operations follows from: an operation's type and its tensors' shapes. */
export interface OperationShapes {
  readonly type: string;
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
}

const elements = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Two for each multiply-add; convolutions and matrix products only, 0 for the rest. */
export function flopsOf({ type, inputs, outputs }: OperationShapes): number {
  const input = (index: number): readonly number[] => inputs[index] ?? [];
  const output = outputs[0] ?? [];
  const convolution = (positions: readonly number[], kernel: readonly number[]): number =>
    2 * elements(positions.slice(0, 3)) * elements(kernel);
  switch (type) {
    case 'Conv2D':
      return convolution(output, input(1));
    case 'Conv2DBackpropInput':
      return convolution(input(2), input(1));
    case 'Conv2DBackpropFilter':
      return convolution(input(2), output);
    case 'BatchMatMulV2': {
      const [rows, columns] = input(0).slice(-2);
      // The first operand may be taken transposed; where both of its sizes fit the output's, they are equal.
      return 2 * elements(output) * ((rows === output.at(-2) ? columns : rows) ?? 0);
    }
    default:
      return 0;
  }
}

/**
 * How many times a kernel goes over its inputs and outputs beyond reading each input and writing each output once, as a
 * share of the bytes of one feature map: training-mode batch norm reads the batch once for its moments, once to normalise.
 */
const extraPasses: Readonly<Record<string, number>> = { FusedBatchNormV3: 1, FusedBatchNormGradV3: 2 };

/** Bytes an operation reads and writes at least. */
export function bytesMoved(operation: StepOperation): number {
  const gradient = gradientOf(operation);
  // Weight and momentum, which the operation names by their handles, are read and written back.
  if (gradient !== undefined) return 5 * gradient.bytes;
  const read = operation.inputs.reduce((sum, input) => sum + input.bytes, 0);
  const written = operation.outputs.reduce((sum, output) => sum + output.bytes, 0);
  return read + written + (extraPasses[operation.type] ?? 0) * (operation.inputs[0]?.bytes ?? 0);
}

/**
 * Values that a step trains: each gradient that an update reads, once. Copies of data parallelism are updated with the
 * same gradient, and count as one.
 */
export function parametersOf({ operations }: StepGraph): number {
  const gradients = new Map<string, number>();
  for (const operation of operations) {
    const gradient = gradientOf(operation);
    if (gradient !== undefined) gradients.set(`${gradient.operation}:${gradient.output}`, gradient.bytes / 4);
  }
  return [...gradients.values()].reduce((sum, count) => sum + count, 0);
}
