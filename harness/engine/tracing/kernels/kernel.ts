/** The shape of every kernel: a tfjs kernel name, and how its operation is added to the graph. */
import { registerKernel, type DataType, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { backendName, tracingBackend } from '../backend.js';
import type { Attribute, GraphBuilder, GraphOutput } from '../graph.js';
import { intVector } from '../constants.js';

/** What a kernel is built from. */
export interface KernelCall {
  readonly graph: GraphBuilder;
  /** A required input, as a graph output. */
  input(name: string): GraphOutput;
  /** All inputs of a kernel that takes a list (`Concat`, `Pack`, `AddN`). */
  list(): GraphOutput[];
  has(name: string): boolean;
  /** Shape that tfjs gives an input. */
  shapeOf(name: string): readonly number[];
  readonly attributes: NamedAttrMap;
}

export interface TracedKernel {
  readonly name: string;
  /** One output, or several. */
  build(call: KernelCall): GraphOutput | readonly GraphOutput[];
  /** tfjs's type of the outputs where TensorFlow's does not tell it. */
  readonly dtype?: (call: KernelCall) => DataType;
}

/** Registers kernels with tfjs for the traced backend. */
export function registerTracedKernels(kernels: readonly TracedKernel[]): void {
  for (const kernel of kernels) {
    registerKernel({
      kernelName: kernel.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const call = kernelCall(inputs, attrs ?? {});
        const built = kernel.build(call);
        const dtype = kernel.dtype?.(call);
        return Array.isArray(built)
          ? (built as readonly GraphOutput[]).map((output) => tracingBackend.info(output, dtype))
          : tracingBackend.info(built as GraphOutput, dtype);
      },
    });
  }
}

function kernelCall(inputs: Record<string, TensorInfo | undefined>, attributes: NamedAttrMap): KernelCall {
  const tensor = (name: string): TensorInfo => {
    const found = inputs[name];
    if (found === undefined) throw new Error(`Internal error: kernel input ${name} is missing`);
    return found;
  };
  return {
    graph: tracingBackend.graph,
    input: (name) => graphOutput(tensor(name)),
    list: () => Object.keys(inputs).map((name) => graphOutput(tensor(name))),
    has: (name) => inputs[name] !== undefined,
    shapeOf: (name) => tensor(name).shape,
    attributes,
  };
}

/**
 * The output behind a tensor, in the tensor's shape: tfjs reshapes and clones by sharing data, so the shape of the
 * TensorInfo is the one that counts.
 */
function graphOutput(tensor: TensorInfo): GraphOutput {
  const output = tracingBackend.output(tensor);
  if (output.shape.length === tensor.shape.length && output.shape.every((size, i) => size === tensor.shape[i]))
    return output;
  const { graph } = tracingBackend;
  return graph.output('Reshape', [output, intVector(graph, tensor.shape)]);
}

/** A kernel that is one TensorFlow operation with the same inputs in the order given. */
export function direct(
  name: string,
  type: string,
  inputs: readonly string[],
  attributes?: (call: KernelCall) => Readonly<Record<string, Attribute>>,
): TracedKernel {
  return {
    name,
    build: (call) =>
      call.graph.output(
        type,
        inputs.map((input) => call.input(input)),
        attributes?.(call),
      ),
  };
}

export const unary = (name: string, type = name): TracedKernel => direct(name, type, ['x']);
export const binary = (name: string, type = name): TracedKernel => direct(name, type, ['a', 'b']);
