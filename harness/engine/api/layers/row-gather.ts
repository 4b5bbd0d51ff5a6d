/**
 * Batches of a model's `fit`: rows of its data, gathered by tfjs. Its JavaScript backend works out the place of every single number,
 * which takes longer than a small model's step; rows are copied whole here.
 */
import * as tf from '@tensorflow/tfjs-core';

const gather = { kernelName: tf.GatherV2, backendName: 'cpu' } as const;

type Values = Float32Array | Int32Array | Uint8Array;

/** The parts of tfjs's JavaScript backend that are used here. */
interface HostBackend {
  readonly data: { get(dataId: tf.TensorInfo['dataId']): { readonly values: tf.BackendValues } };
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
}

/** Trainings that are under way. */
const users = new Set<symbol>();
let ordinary: tf.KernelConfig | undefined;

/** Gathers whole rows by copying them, until the returned function is called. */
export function gatherRows(): () => void {
  const user = Symbol('training');
  ordinary ??= tf.getKernel(gather.kernelName, gather.backendName) as tf.KernelConfig | undefined;
  if (users.size === 0 && ordinary !== undefined) replace({ ...ordinary, kernelFunc: withRows(ordinary.kernelFunc) });
  users.add(user);
  return () => {
    users.delete(user);
    if (users.size === 0 && ordinary !== undefined) replace(ordinary);
  };
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(gather.kernelName, gather.backendName);
  tf.registerKernel(kernel);
}

const withRows =
  (other: tf.KernelFunc): tf.KernelFunc =>
  (call) => {
    const { x, indices } = call.inputs as { readonly x: tf.TensorInfo; readonly indices: tf.TensorInfo };
    const { axis, batchDims = 0 } = call.attrs as { readonly axis: number; readonly batchDims?: number };
    const backend = call.backend as HostBackend;
    const values = backend.data.get(x.dataId).values;
    const chosen = backend.data.get(indices.dataId).values;
    if (axis !== 0 || batchDims !== 0 || !isNumbers(values) || !isNumbers(chosen)) return other(call);
    const rows = x.shape[0] ?? 0;
    const size = values.length / Math.max(1, rows);
    // What is out of range is the ordinary kernel's to complain of.
    if (chosen.some((row) => row < 0 || row >= rows)) return other(call);
    const gathered = new (values.constructor as new (length: number) => Values)(chosen.length * size);
    chosen.forEach((row, index) => gathered.set(values.subarray(row * size, (row + 1) * size), index * size));
    return backend.makeTensorInfo([...indices.shape, ...x.shape.slice(1)], x.dtype, gathered);
  };

const isNumbers = (values: tf.BackendValues): values is Values =>
  values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
