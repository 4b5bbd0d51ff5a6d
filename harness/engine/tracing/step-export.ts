/** A traced function as plain data (`StepGraph`). */
import type { StepAttribute, StepGraph, StepOperation } from '../step-graph.js';
import { flopsOf } from '../step-properties.js';
import type { Attribute, Attributes, GraphOperation, GraphOutput } from './graph.js';

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
      outputs: operation.outputs.map((output) => ({
        shape: output.shape,
        dtype: output.dtype,
        bytes: bytesOf(output),
      })),
      flops: flopsOf({
        type: operation.type,
        inputs: operation.inputs.map(({ shape }) => shape),
        outputs: operation.outputs.map(({ shape }) => shape),
      }),
      ...attributesOf(operation.attributes),
    })),
  };
}

/** Those that are numbers, words or switches: types are the outputs', and a table of numbers is no part of how an operation works. */
function attributesOf(attributes: Attributes): Pick<StepOperation, 'attributes'> {
  const entries = Object.entries(attributes).flatMap(([name, attribute]) => {
    const value = plain(attribute);
    return value === undefined ? [] : [[name, value] as const];
  });
  return entries.length === 0 ? {} : { attributes: Object.fromEntries(entries) };
}

function plain(attribute: Attribute): StepAttribute | undefined {
  if ('int' in attribute) return attribute.int;
  if ('ints' in attribute) return attribute.ints;
  if ('float' in attribute) return attribute.float;
  if ('bool' in attribute) return attribute.bool;
  return 'string' in attribute ? attribute.string : undefined;
}
