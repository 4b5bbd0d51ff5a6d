/** TF_Tensor objects to and from typed arrays. */
import koffi from 'koffi';
import type { DataType } from '../tracing/graph.js';
import { dataTypes, type Pointer, type TensorFlow } from './c-api.js';

export type Values = Float32Array | Int32Array | Uint8Array;

const bytesPerElement: Partial<Record<DataType, number>> = { float32: 4, int32: 4, uint8: 1, bool: 1, int64: 8, bfloat16: 2 };

/** Allocates a tensor of TensorFlow's, uninitialised. */
export function allocateTensor(tensorflow: TensorFlow, dtype: DataType, shape: readonly number[]): Pointer {
  const size = bytesPerElement[dtype];
  if (size === undefined) throw new Error(`Internal error: cannot allocate a ${dtype} tensor`);
  const bytes = shape.reduce((product, dimension) => product * dimension, 1) * size;
  return tensorflow.call.TF_AllocateTensor(dataTypes[dtype], BigInt64Array.from(shape, BigInt), shape.length, bytes) as Pointer;
}

/** The memory of a tensor as bytes; valid as long as the tensor lives. */
export function tensorBytes(tensorflow: TensorFlow, tensor: Pointer): Uint8Array {
  const length = Number(tensorflow.call.TF_TensorByteSize(tensor));
  if (length === 0) return new Uint8Array(0);
  return new Uint8Array(koffi.view(tensorflow.call.TF_TensorData(tensor), length));
}

/** A new tensor that holds a copy of `values`. */
export function createTensor(tensorflow: TensorFlow, dtype: DataType, shape: readonly number[], values: Values): Pointer {
  const tensor = allocateTensor(tensorflow, dtype, shape);
  tensorBytes(tensorflow, tensor).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return tensor;
}

/** Copies a tensor's values out. */
export function readTensor(tensorflow: TensorFlow, tensor: Pointer): Values {
  const bytes = tensorBytes(tensorflow, tensor).slice();
  switch (Number(tensorflow.call.TF_TensorType(tensor))) {
    case dataTypes.float32:
    // Real and imaginary part by turns.
    case dataTypes.complex64:
      return new Float32Array(bytes.buffer);
    case dataTypes.int32:
      return new Int32Array(bytes.buffer);
    default:
      return bytes;
  }
}
