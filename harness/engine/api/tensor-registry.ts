/** The parts of tfjs's engine that tell where a tensor's data lie; private in its types, stable since tfjs 1. */
import {
  engine as tfjsEngine,
  type BackendValues,
  type Tensor,
  type TensorInfo,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { TypedArray } from '../engine.js';
import { tracingBackend, type DataId, type OutsideValues } from '../tracing/backend.js';

interface TensorRegistry {
  readonly state: { readonly tensorInfo: WeakMap<DataId, RegisteredData> };
  trackTensor(tensor: Tensor, backend: unknown): void;
  disposeTensor(tensor: Tensor): void;
  makeVariable(initialValue: Tensor, trainable?: boolean, name?: string, dtype?: string): Variable;
}

interface RegisteredData {
  readonly backend: { readSync(dataId: DataId): BackendValues };
  readonly shape: readonly number[];
  readonly dtype: OutsideValues['dtype'];
}

const registry = (): TensorRegistry => tfjsEngine();

/** What the class does, whatever is watched. */
const ordinary = (tfjs: Partial<TensorRegistry>): TensorRegistry => Object.getPrototypeOf(tfjs) as TensorRegistry;

/** What a tensor of another backend holds; undefined where tfjs knows none. */
export function valuesOf({ dataId }: TensorInfo): OutsideValues | undefined {
  const found = registry().state.tensorInfo.get(dataId);
  if (found === undefined) return undefined;
  return { values: found.backend.readSync(dataId), shape: found.shape, dtype: found.dtype };
}

/**
 * A tensor's values in the array of its type: tfjs's own backend casts some tensors without converting what they hold.
 * @returns the tensor's own memory where it fits; not to be written to
 */
export function typedValues(tensor: Tensor): TypedArray {
  const values = tensor.dataSync<'float32' | 'int32' | 'bool'>();
  switch (tensor.dtype) {
    case 'float32':
      return values instanceof Float32Array ? values : Float32Array.from(values);
    case 'int32':
      return values instanceof Int32Array ? values : Int32Array.from(values);
    default:
      return values instanceof Uint8Array ? values : Uint8Array.from(values);
  }
}

/** Lets a variable's data lie where `read` fetches them from; what it held is given up. */
export function pointToResident(variable: Variable, read: () => BackendValues): DataId {
  const tfjs = registry();
  ordinary(tfjs).disposeTensor.call(tfjs, variable);
  const dataId = {};
  tracingBackend.keepResident(dataId, read);
  variable.dataId = dataId;
  tfjs.trackTensor(variable, tracingBackend);
  return dataId;
}

/** Whether these data still lie where an engine keeps them: an op of another backend that used them has moved them there. */
export const isResident = (dataId: DataId): boolean =>
  registry().state.tensorInfo.get(dataId)?.backend === tracingBackend;

/**
 * Until the returned function is called, tells of variables about to lose their data (before `assign`), and of those that are made.
 */
export function watchVariables(
  beforeChange: (variable: Variable) => void,
  make: (initialValue: Tensor, byTfjs: () => Variable) => Variable,
): () => void {
  const tfjs = registry() as Partial<TensorRegistry>;
  tfjs.disposeTensor = (tensor) => {
    if (isVariable(tensor)) beforeChange(tensor);
    ordinary(tfjs).disposeTensor.call(tfjs, tensor);
  };
  tfjs.makeVariable = (initialValue, ...rest) =>
    make(initialValue, () => ordinary(tfjs).makeVariable.call(tfjs, initialValue, ...rest));
  return () => {
    delete tfjs.disposeTensor;
    delete tfjs.makeVariable;
  };
}

const isVariable = (tensor: Tensor): tensor is Variable => 'assign' in tensor;
