/**
 * A tfjs backend whose kernels add operations to a TensorFlow graph instead of computing. While `record` runs, ordinary
 * tfjs code, and the backward pass that tfjs derives from it, becomes part of that graph: what `tf.function` is to
 * TensorFlow in Python.
 */
import {
  KernelBackend,
  registerBackend,
  type BackendValues,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { GraphBuilder, GraphOutput } from './graph.js';
import { constantOutput, type ConstantValues } from './constants.js';

export const backendName = 'traced';

/** Reads the current value of an output of the graph: runs what it needs. */
export type ReadOutput = (output: GraphOutput) => BackendValues;

type DataId = TensorInfo['dataId'];

/** What stands behind a tensor of this backend: an output of the graph, or values not yet in it. */
type Entry =
  | { readonly kind: 'output'; readonly output: GraphOutput }
  | {
      readonly kind: 'values';
      readonly values: ConstantValues;
      readonly shape: readonly number[];
      readonly dtype: DataType;
    };

export class TracingBackend extends KernelBackend {
  #graph: GraphBuilder | undefined;
  #read: ReadOutput | undefined;
  #entries = new WeakMap<DataId, Entry>();
  #outputsByConstant = new WeakMap<DataId, Map<number, GraphOutput>>();
  #live = 0;

  /** The graph being recorded. */
  get graph(): GraphBuilder {
    if (this.#graph === undefined) throw new Error('Internal error: the traced backend was used outside record()');
    return this.#graph;
  }

  enter(graph: GraphBuilder, read: ReadOutput | undefined): void {
    if (this.#graph !== undefined) throw new Error('Internal error: record() does not nest');
    this.#graph = graph;
    this.#read = read;
  }

  leave(): void {
    this.#graph = undefined;
    this.#read = undefined;
    this.#entries = new WeakMap();
    this.#outputsByConstant = new WeakMap();
    this.#live = 0;
  }

  /** Wraps an output as what a tfjs kernel returns. `dtype` is tfjs's; TensorFlow's follows from it. */
  info(output: GraphOutput, dtype: DataType = tfjsType(output)): TensorInfo {
    const dataId = {};
    this.#entries.set(dataId, { kind: 'output', output });
    this.#live += 1;
    return { dataId, shape: [...output.shape], dtype };
  }

  /** The graph output behind a tensor; values become a constant on the current device at their first use there. */
  output(tensor: TensorInfo): GraphOutput {
    const entry = this.#entries.get(tensor.dataId);
    if (entry === undefined)
      throw new Error(
        'Internal error: a tensor of another backend was used in a traced function; feed it or make it a variable',
      );
    if (entry.kind === 'output') return entry.output;
    // A reshape shares its data: the constant is made in the shape of this tensor, one for each device and shape.
    const byDevice = this.#outputsByConstant.get(tensor.dataId) ?? new Map<number, GraphOutput>();
    this.#outputsByConstant.set(tensor.dataId, byDevice);
    const known = byDevice.get(this.graph.device);
    const output = known ?? constantOutput(this.graph, entry.values, entry.shape, entry.dtype);
    byDevice.set(this.graph.device, output);
    return output;
  }

  /** The device that computed a tensor; undefined for constants. */
  deviceOf(tensor: TensorInfo): number | undefined {
    const entry = this.#entries.get(tensor.dataId);
    return entry?.kind === 'output' ? entry.output.operation.device : undefined;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    this.#entries.set(dataId, { kind: 'values', values: values as ConstantValues, shape: [...shape], dtype });
    this.#live += 1;
  }

  override readSync(dataId: DataId): BackendValues {
    const entry = this.#entries.get(dataId);
    if (entry === undefined) throw new Error('Internal error: a tensor was read after its trace had ended');
    if (entry.kind === 'values') return entry.values as BackendValues;
    if (this.#read === undefined)
      throw new Error('Internal error: the value of a traced tensor was read while its function is recorded');
    return this.#read(entry.output);
  }

  override read(dataId: DataId): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override numDataIds(): number {
    return this.#live;
  }

  /** Operations stay in the graph; there is nothing to free. */
  override disposeData(): boolean {
    this.#live -= 1;
    return true;
  }

  override incRef(): void {}
  decRef(): void {}
  override refCount(): number {
    return 1;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override dispose(): void {}
}

/** tfjs has no int64 or uint8; what TensorFlow computes in those is seen as int32. */
function tfjsType(output: GraphOutput): DataType {
  switch (output.dtype) {
    case 'float32':
    case 'bfloat16':
      return 'float32';
    case 'bool':
      return 'bool';
    case 'complex64':
      return 'complex64';
    case 'string':
      return 'string';
    default:
      return 'int32';
  }
}

/** tfjs knows backends by name, so one serves every graph, one after the other. */
export const tracingBackend = new TracingBackend();
registerBackend(backendName, () => tracingBackend);
