/** What an operation's time depends on, and the key under which its measured time is kept. */
import type { StepGraph, StepOperation } from '../../engine/step-graph.js';

export type OperationKind = 'convolution' | 'batch-norm' | 'reduction' | 'elementwise' | 'copy' | 'update' | 'free';

const kinds: Readonly<Record<string, OperationKind>> = {
  Conv2D: 'convolution',
  Conv2DBackpropInput: 'convolution',
  Conv2DBackpropFilter: 'convolution',
  MatMul: 'convolution',
  BatchMatMulV2: 'convolution',
  FusedBatchNormV3: 'batch-norm',
  FusedBatchNormGradV3: 'batch-norm',
  Sum: 'reduction',
  Mean: 'reduction',
  Max: 'reduction',
  AvgPool: 'reduction',
  AvgPoolGrad: 'copy',
  ConcatV2: 'copy',
  Concat: 'copy',
  Split: 'copy',
  SplitV: 'copy',
  Slice: 'copy',
  StridedSlice: 'copy',
  Pad: 'copy',
  PadV2: 'copy',
  ReverseV2: 'copy',
  Transpose: 'copy',
  Tile: 'copy',
  ResourceApplyMomentum: 'update',
  Placeholder: 'free',
  Const: 'free',
  Identity: 'free',
  Reshape: 'free',
  ExpandDims: 'free',
  Squeeze: 'free',
  NoOp: 'free',
  VarHandleOp: 'free',
  ReadVariableOp: 'free',
  AssignVariableOp: 'free',
  StopGradient: 'free',
  Shape: 'free',
  _Arg: 'free',
  _Retval: 'free',
};

/** Kind of a TensorFlow op type; what is not listed is element-wise. `free`: moves no data. */
export const kindOf = (type: string): OperationKind => kinds[type] ?? 'elementwise';

/**
 * Type and shapes: operations with the same key cost the same on the same hardware. Left out is what costs
 * nothing: scalars, resources, empty tensors, dimensions of 1, and constants, which say axes and shapes. A batch normalisation and an update go by their first tensor, which says all.
 */
export function operationKey({ operations }: StepGraph, operation: StepOperation): string {
  const inputs = operation.inputs.map(({ operation: index, output }) => {
    const producer = operations[index];
    return producer === undefined || producer.type === 'Const' ? '' : textOf(producer.outputs[output]?.shape ?? []);
  });
  const shapes = inputs.filter((text) => text !== '');
  const kind = kindOf(operation.type);
  if (kind === 'batch-norm' || kind === 'update') return `${operation.type}|${shapes[0] ?? ''}`;
  const outputs = operation.outputs.map(({ shape }) => textOf(shape)).filter((text) => text !== '');
  return `${operation.type}|${shapes.join('|')}>${outputs.join(';')}`;
}

const texts = new WeakMap<readonly number[], string>();

/** Empty for a scalar or an empty tensor. An output's shape is asked for by every operation that reads it, so it is kept. */
function textOf(shape: readonly number[]): string {
  const known = texts.get(shape);
  if (known !== undefined) return known;
  const text = shape.includes(0) ? '' : shape.filter((size) => size !== 1).join(',');
  texts.set(shape, text);
  return text;
}
