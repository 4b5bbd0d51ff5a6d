/**
 * Constants of a graph. Initial weights are fed, never constants: a graph with them is slow to build and large. Within one function
 * a device has each constant once, for on GPUs each is a tensor to keep and an operation to start.
 */
import type { DataType } from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import type { ConstantTensor, GraphBuilder, GraphOutput } from './graph.js';

export type ConstantValues = Float32Array | Int32Array | Uint8Array | Uint8ClampedArray | readonly number[];

/** From this many elements on, a tensor of one value is a Fill and not a table. */
const fillFrom = 64;

/** A constant on the graph's current device. */
export function constantOutput(
  graph: GraphBuilder,
  values: ConstantValues,
  shape: readonly number[],
  dtype: DataType,
): GraphOutput {
  const typed = typedValues(values, dtype);
  const first = typed.values[0];
  if (
    first !== undefined &&
    typed.values.length >= fillFrom &&
    typed.values.every((value: number) => value === first)
  ) {
    const scalar = Object.getPrototypeOf(typed.values) as {
      constructor: new (values: number[]) => ConstantTensor['values'];
    };
    const value = constant(graph, new scalar.constructor([first]), [], typed.dtype);
    return graph.output('Fill', [intVector(graph, shape), value]);
  }
  return constant(graph, typed.values, shape, typed.dtype);
}

/** A constant int32 vector: shapes, axes, paddings. */
export const intVector = (graph: GraphBuilder, values: readonly number[]): GraphOutput =>
  constant(graph, Int32Array.from(values), [values.length], 'int32');

/** A constant int32 matrix, its rows all of one length: what is padded or cropped along each axis. */
export const intTable = (graph: GraphBuilder, rows: readonly (readonly number[])[]): GraphOutput =>
  constant(graph, Int32Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0], 'int32');

/** A constant float32 scalar. */
export const floatScalar = (graph: GraphBuilder, value: number): GraphOutput =>
  constant(graph, Float32Array.of(value), [], 'float32');

/** A constant int32 scalar. */
export const intScalar = (graph: GraphBuilder, value: number): GraphOutput =>
  constant(graph, Int32Array.of(value), [], 'int32');

/** A float32 vector without elements: an optional input that is not given. */
export const emptyVector = (graph: GraphBuilder): GraphOutput => constant(graph, new Float32Array(0), [0], 'float32');

/** Larger tables are hardly ever the same, and take longer to compare. */
const mostCompared = 256;

const made = new WeakMap<GraphBuilder, Map<string, GraphOutput>>();

/** A function that begins has constants of its own: it can be run without another's. */
export function forgetConstants(graph: GraphBuilder): void {
  made.delete(graph);
}

function constant(
  graph: GraphBuilder,
  values: ConstantTensor['values'],
  shape: readonly number[],
  dtype: ConstantTensor['dtype'],
): GraphOutput {
  const add = (): GraphOutput =>
    graph.output('Const', [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, values } } });
  if (values.length > mostCompared) return add();
  const known = made.get(graph) ?? new Map<string, GraphOutput>();
  made.set(graph, known);
  // By its bytes: 0 and -0 are two constants.
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('latin1');
  const key = `${graph.device} ${dtype} ${shape.join()} ${bytes}`;
  const output = known.get(key) ?? add();
  known.set(key, output);
  return output;
}

function typedValues(values: ConstantValues, dtype: DataType): Pick<ConstantTensor, 'values' | 'dtype'> {
  switch (dtype) {
    case 'float32':
      return { values: values instanceof Float32Array ? values : Float32Array.from(values), dtype };
    case 'int32':
      return { values: values instanceof Int32Array ? values : Int32Array.from(values), dtype };
    case 'bool':
      return { values: Uint8Array.from(values), dtype };
    default:
      throw new Problem(
        'CONSTANT_TYPE',
        `there are no ${dtype} constants in a traced function`,
        'Keep strings outside of the function; make complex numbers with tf.complex inside.',
      );
  }
}
