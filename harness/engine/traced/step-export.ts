/** A traced function as plain data (`StepGraph`), and its measured op times (`StepProfile`). */
import type { NodeExecution } from '../native/tensorflow-protos.js';
import type { StepGraph, StepOperation } from '../step-graph.js';
import type { GraphOperation, GraphOutput } from './graph.js';

const bytesPerElement: Partial<Record<GraphOutput['dtype'], number>> = {
  bool: 1,
  uint8: 1,
  int64: 8,
  complex64: 8,
  bfloat16: 2,
  resource: 0,
  string: 0,
};

const elements = (shape: readonly number[]): number => shape.reduce((product, dimension) => product * dimension, 1);
const bytesOf = (output: GraphOutput): number => elements(output.shape) * (bytesPerElement[output.dtype] ?? 4);

/** `operations`: those a run needs, in program order; `edges`: the order put on each device. */
export function exportStepGraph(
  operations: readonly GraphOperation[],
  edges: readonly (readonly [GraphOperation, GraphOperation])[],
  devices: number,
  variableBytes: readonly number[],
): StepGraph {
  const position = new Map(operations.map((operation, index) => [operation, index]));
  const at = (operation: GraphOperation): number => {
    const index = position.get(operation);
    if (index === undefined) throw new Error(`Internal error: ${operation.name} is not part of the step`);
    return index;
  };
  const control = new Map<GraphOperation, number[]>();
  for (const [earlier, later] of edges) control.set(later, [...(control.get(later) ?? []), at(earlier)]);
  return {
    devices,
    variableBytes,
    operations: operations.map((operation): StepOperation => ({
      name: operation.name,
      type: operation.type,
      device: operation.device,
      pass: operation.pass,
      inputs: operation.inputs.map((input) => ({
        operation: at(input.operation),
        output: input.index,
        bytes: bytesOf(input),
      })),
      control: control.get(operation) ?? [],
      outputs: operation.outputs.map((output) => ({ shape: output.shape, bytes: bytesOf(output) })),
      flops: flopsOf(operation),
    })),
  };
}

/** Two for each multiply-add; convolutions and matrix products only. */
function flopsOf(operation: GraphOperation): number {
  const input = (index: number): readonly number[] => operation.inputs[index]?.shape ?? [];
  const output = operation.outputs[0]?.shape ?? [];
  const convolution = (positions: readonly number[], kernel: readonly number[]): number =>
    2 * (positions[0] ?? 0) * (positions[1] ?? 0) * (positions[2] ?? 0) * elements(kernel);
  switch (operation.type) {
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

/** Start and duration of each operation in one traced run, microseconds from the first; NaN where TensorFlow reported none. */
export function timesOf(
  graph: StepGraph,
  executions: readonly NodeExecution[],
): { start: Float64Array; duration: Float64Array; span: number } {
  const position = new Map(graph.operations.map((operation, index) => [operation.name, index]));
  const start = new Float64Array(graph.operations.length).fill(NaN);
  const end = new Float64Array(graph.operations.length).fill(NaN);
  let first = Infinity;
  let last = -Infinity;
  for (const execution of preferKernels(executions)) {
    const index = position.get(nodeName(execution.node));
    if (index === undefined) continue;
    start[index] = Math.min(start[index] || Infinity, execution.startMicroseconds);
    end[index] = Math.max(end[index] || -Infinity, execution.endMicroseconds);
    first = Math.min(first, execution.startMicroseconds);
    last = Math.max(last, execution.endMicroseconds);
  }
  return {
    start: start.map((value) => value - first),
    duration: end.map((value, index) => value - (start[index] ?? NaN)),
    span: last - first,
  };
}

/** On a GPU the host's entry tells when a kernel was launched; the stream's entries tell when it ran. */
function preferKernels(executions: readonly NodeExecution[]): readonly NodeExecution[] {
  const kernels = executions.filter((execution) => execution.device.includes('/stream:all'));
  if (kernels.length === 0) return executions.filter((execution) => !execution.device.includes('/stream'));
  const timed = new Set(kernels.map((kernel) => nodeName(kernel.node)));
  const onHost = executions.filter(
    (execution) => !execution.device.includes('/stream') && !timed.has(nodeName(execution.node)),
  );
  return [...kernels, ...onHost];
}

/** A stream's entries are named `node:Type`. */
const nodeName = (name: string): string => name.split(':', 1)[0] ?? name;
