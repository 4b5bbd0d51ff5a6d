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
import { Problem } from '../../core/problem.js';
import { constantOutput, type ConstantValues } from './constants.js';
import type { GraphBuilder, GraphOutput } from './graph.js';

export const backendName = 'traced';

/** Reads the current value of an output of the graph: runs what it needs. */
export type ReadOutput = (output: GraphOutput) => BackendValues;

export type DataId = TensorInfo['dataId'];

/** What a recording is told of the world outside its graph. */
export interface Surroundings {
  /** Reads outputs while nothing but looking is going on; without it a value that is read is a mistake of the function's. */
  readonly read?: ReadOutput;
  /** What stands behind a tensor that was made outside; undefined where nothing does. */
  readonly capture?: (tensor: TensorInfo) => GraphOutput | OutsideValues | undefined;
  /** An operation that draws what tfjs has just drawn in JavaScript; undefined where it drew nothing. */
  readonly draw?: (values: BackendValues, shape: readonly number[], dtype: DataType) => GraphOutput | undefined;
}

/** Values of a tensor that was made outside of the recording. */
export interface OutsideValues {
  readonly values: BackendValues;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

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
  #surroundings: Surroundings = {};
  /** Tensors whose values an engine keeps on a device from call to call, and how each is read. */
  readonly #residents = new WeakMap<DataId, () => BackendValues>();
  #entries = new WeakMap<DataId, Entry>();
  #outputsByConstant = new WeakMap<DataId, Map<number, GraphOutput>>();
  #live = 0;

  /** The graph being recorded. */
  get graph(): GraphBuilder {
    if (this.#graph === undefined) throw new Error('Internal error: the traced backend was used outside record()');
    return this.#graph;
  }

  get recording(): boolean {
    return this.#graph !== undefined;
  }

  enter(graph: GraphBuilder, surroundings: Surroundings): void {
    if (this.#graph !== undefined) throw new Error('Internal error: record() does not nest');
    this.#graph = graph;
    this.#surroundings = surroundings;
  }

  leave(): void {
    this.#graph = undefined;
    this.#surroundings = {};
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

  /** A tensor whose values lie on a device; `read` fetches them. */
  keepResident(dataId: DataId, read: () => BackendValues): void {
    this.#residents.set(dataId, read);
  }

  /** From now on the recording knows these data as an output of its graph. */
  stand(dataId: DataId, output: GraphOutput): void {
    this.#entries.set(dataId, { kind: 'output', output });
  }

  /** Whether the recording made these data. */
  made(dataId: DataId): boolean {
    return this.#entries.has(dataId);
  }

  /** The graph output behind a tensor; values become a constant on the current device at their first use there. */
  output(tensor: TensorInfo): GraphOutput {
    const entry = this.#entries.get(tensor.dataId) ?? this.#captured(tensor);
    if (entry.kind === 'output') return entry.output;
    // A reshape shares its data: the constant is made in the shape of this tensor, one for each device and shape.
    const byDevice = this.#outputsByConstant.get(tensor.dataId) ?? new Map<number, GraphOutput>();
    this.#outputsByConstant.set(tensor.dataId, byDevice);
    const known = byDevice.get(this.graph.device);
    const output = known ?? constantOutput(this.graph, entry.values, entry.shape, entry.dtype);
    byDevice.set(this.graph.device, output);
    return output;
  }

  /** The values of a tensor that is no output of the graph; undefined for one that is. */
  constantOf({ dataId }: TensorInfo): BackendValues | undefined {
    const entry = this.#entries.get(dataId);
    return entry?.kind === 'values' ? (entry.values as BackendValues) : undefined;
  }

  #captured(tensor: TensorInfo): Entry {
    const found = this.#surroundings.capture?.(tensor);
    if (found === undefined)
      throw new Error(
        'Internal error: a tensor of another backend was used in a traced function; feed it or make it a variable',
      );
    const entry: Entry =
      'values' in found
        ? { kind: 'values', ...found, values: found.values as ConstantValues }
        : { kind: 'output', output: found };
    this.#entries.set(tensor.dataId, entry);
    return entry;
  }

  /** The device that computed a tensor; undefined for constants. */
  deviceOf(tensor: TensorInfo): number | undefined {
    const entry = this.#entries.get(tensor.dataId);
    return entry?.kind === 'output' ? entry.output.operation.device : undefined;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    const drawn = this.recording ? this.#surroundings.draw?.(values, shape, dtype) : undefined;
    if (drawn === undefined) this.move(dataId, values, shape, dtype);
    else this.stand(dataId, drawn);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    this.#entries.set(dataId, { kind: 'values', values: values as ConstantValues, shape: [...shape], dtype });
    this.#live += 1;
  }

  override readSync(dataId: DataId): BackendValues {
    const entry = this.#entries.get(dataId);
    if (entry?.kind === 'values') return entry.values as BackendValues;
    if (entry !== undefined && this.#surroundings.read !== undefined) return this.#surroundings.read(entry.output);
    const resident = this.#residents.get(dataId);
    if (this.recording && (entry !== undefined || resident !== undefined)) throw valueReadInTrace();
    if (resident !== undefined) return resident();
    throw new Problem(
      'TENSOR_OF_TRACE',
      'a tensor that a traced function made inside was read after its trace had ended',
      'Return it from the function: what a call resolves to can be read.',
    );
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

const valueReadInTrace = (): Problem =>
  new Problem(
    'VALUE_READ_IN_TRACE',
    'the value of a tensor was read (data, dataSync, array or print) while its function is traced: there is none yet',
    'Return the tensor and read it after the call; where what is computed depends on a value, use tf.where, or call one function or another.',
  );

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
