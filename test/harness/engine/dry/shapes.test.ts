/** The shape rules against TensorFlow's own inference, for every operation that a kernel emits. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shapeRules } from '../../../../harness/engine/dry/shapes/index.js';
import { openTracedEngine, type TracedEngine } from '../../../../harness/engine/traced/index.js';
import { TensorFlowGraph } from '../../../../harness/engine/traced/tensorflow-graph.js';
import type { GraphOperation } from '../../../../harness/engine/tracing/graph.js';
import { tracedOperations } from '../../../../harness/engine/tracing/operations.js';

let engine: TracedEngine;
const added: GraphOperation[] = [];

beforeAll(() => {
  engine = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
  const add = TensorFlowGraph.prototype.add;
  vi.spyOn(TensorFlowGraph.prototype, 'add').mockImplementation(function (this: TensorFlowGraph, ...parameters) {
    const operation = add.apply(this, parameters);
    added.push(operation);
    return operation;
  });
});

afterAll(() => {
  vi.restoreAllMocks();
  engine.close();
});

const matrix = () => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
const row = () => tf.tensor1d([0.5, 0.25, 0.125]);
const column = () => tf.tensor2d([1, 2], [2, 1]);
const truth = () => tf.tensor2d([1, 0, 1, 0, 1, 0], [2, 3], 'bool');
const whole = () => tf.tensor1d([0, 1, 1], 'int32');
const ramp = (...shape: number[]) =>
  tf
    .range(
      0,
      shape.reduce((size, extent) => size * extent, 1),
    )
    .reshape(shape);
const image = () => ramp(2, 5, 7, 3) as tf.Tensor4D;
const kernel = () => ramp(3, 2, 3, 4) as tf.Tensor4D;

const unary: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  ...{ Exp: tf.exp, Expm1: tf.expm1, Log: tf.log, Log1p: tf.log1p, Sqrt: tf.sqrt, Rsqrt: tf.rsqrt, Erf: tf.erf },
  ...{ Reciprocal: tf.reciprocal, Sigmoid: tf.sigmoid, Softplus: tf.softplus, Elu: tf.elu, Selu: tf.selu },
  ...{ Sin: tf.sin, Cos: tf.cos, Tan: tf.tan, Sinh: tf.sinh, Cosh: tf.cosh, Tanh: tf.tanh, Asin: tf.asin },
  ...{ Acos: tf.acos, Atan: tf.atan, Asinh: tf.asinh, Acosh: tf.acosh, Atanh: tf.atanh, Floor: tf.floor },
  ...{ Ceil: tf.ceil, Round: tf.round, Abs: tf.abs, Neg: tf.neg, Relu: tf.relu, Relu6: tf.relu6, Sign: tf.sign },
  ...{ Square: tf.square, ZerosLike: tf.zerosLike, OnesLike: tf.onesLike, IsNan: tf.isNaN, IsInf: tf.isInf },
  ...{ IsFinite: tf.isFinite, Softmax: tf.softmax, Sum: tf.sum, Mean: tf.mean },
  ...{ Max: tf.max, Min: tf.min, Prod: tf.prod },
};
const binary: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  ...{ AddV2: tf.add, Sub: tf.sub, Mul: tf.mul, RealDiv: tf.div, FloorDiv: tf.floorDiv, FloorMod: tf.mod },
  ...{ Maximum: tf.maximum, Minimum: tf.minimum, Pow: tf.pow, SquaredDifference: tf.squaredDifference },
  ...{ Atan2: tf.atan2, Greater: tf.greater, GreaterEqual: tf.greaterEqual, Less: tf.less },
  ...{ LessEqual: tf.lessEqual, Equal: tf.equal, NotEqual: tf.notEqual },
};

const others: Readonly<Record<string, () => unknown>> = {
  LogSoftmax: () => tf.engine().runKernel('LogSoftmax', { logits: matrix() }),
  LogicalNot: () => tf.logicalNot(truth()),
  LogicalAnd: () => tf.logicalAnd(truth(), truth()),
  LogicalOr: () => tf.logicalOr(truth(), truth()),
  LeakyRelu: () => tf.leakyRelu(matrix(), 0.1),
  ClipByValue: () => tf.clipByValue(matrix(), 1, 2),
  AddN: () => tf.addN([matrix(), matrix()]),
  Cast: () => tf.cast(matrix(), 'int32'),
  SelectV2: () => tf.where(truth(), matrix(), matrix()),
  Fill: () => tf.add(tf.fill([8, 16], 2), 1),
  ReluGrad: () => tracedOperations.mask(matrix(), matrix()),
  Identity: () => tf.clone(matrix()).add(tf.concat([matrix()], 0)),
  All: () => tf.all(truth(), 0),
  Any: () => tf.any(truth(), -1, true),
  ArgMax: () => tf.argMax(matrix(), 1),
  ArgMin: () => tf.argMin(matrix(), 0),
  Cumsum: () => tf.cumsum(matrix(), 1),
  Cumprod: () => tf.cumprod(matrix(), 0),
  Einsum: () => tf.einsum('bij,jk->bki', ramp(2, 3, 4), ramp(4, 5)),
  BatchMatMulV2: () => [
    tf.matMul(matrix(), row().reshape([3, 1])),
    tf.matMul(ramp(4, 3, 2), ramp(4, 5, 3), true, true),
    tf.matMul(ramp(4, 2, 3), ramp(1, 3, 5)),
  ],
  'Sum with axes': () => [tf.sum(image(), [0, -1]), tf.sum(image(), [1, 2], true)],
  Reshape: () => tf.reshape(matrix(), [3, -1]).square(),
  ExpandDims: () => [tf.expandDims(matrix(), 1), tf.expandDims(matrix(), -1)],
  ConcatV2: () => tf.concat([image(), image().slice([0, 0, 0, 0], [2, 5, 7, 1])], 3),
  SplitV: () => [tf.split(matrix(), [1, 2], 1), tf.split(ramp(4, 3), 2, 0)],
  Slice: () => tf.slice(image(), [0, 1, 2, 0], [2, 3, -1, 1]),
  Pack: () => [tf.stack([matrix(), matrix(), matrix()], 1), tf.stack([row(), row()], 0)],
  Unpack: () => tf.unstack(matrix(), 1),
  Transpose: () => tf.transpose(image(), [3, 0, 2, 1]),
  Tile: () => tf.tile(matrix(), [2, 3]),
  ReverseV2: () => tf.reverse(image(), [1, 2]),
  PadV2: () =>
    tf.pad(matrix(), [
      [1, 0],
      [2, 3],
    ]),
  MirrorPad: () =>
    tf.mirrorPad(
      matrix(),
      [
        [1, 0],
        [1, 1],
      ],
      'reflect',
    ),
  GatherV2: () => [
    tf.gather(matrix(), whole(), 1),
    tf.gather(
      ramp(2, 3, 4),
      tf.tensor2d(
        [
          [0, 1],
          [1, 0],
        ],
        [2, 2],
        'int32',
      ),
      1,
      1,
    ),
  ],
  GatherNd: () =>
    tf.gatherND(
      ramp(2, 3, 4),
      tf.tensor2d(
        [
          [0, 1],
          [1, 2],
        ],
        [2, 2],
        'int32',
      ),
    ),
  OneHot: () => tf.oneHot(whole(), 4),
  UnsortedSegmentSum: () => tf.unsortedSegmentSum(ramp(3, 2), whole(), 5),
  Conv2D: () => [
    tf.conv2d(image(), kernel(), 1, 'same'),
    tf.conv2d(image(), kernel(), [2, 3], 'same'),
    tf.conv2d(image(), kernel(), [2, 1], 'valid'),
    tf.conv2d(image(), kernel(), 1, 'valid', 'NHWC', [2, 3]),
    tf.conv2d(image(), kernel(), 1, [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ]),
  ],
  Conv2DBackpropInput: () => tf.conv2dTranspose(ramp(2, 5, 7, 4) as tf.Tensor4D, kernel(), [2, 5, 7, 3], 1, 'same'),
  Conv2DBackpropFilter: () => tf.grad((w) => tf.conv2d(image(), w as tf.Tensor4D, 1, 'valid'))(kernel()),
  AvgPool: () => [tf.avgPool(image(), 2, 2, 'valid'), tf.avgPool(image(), [2, 3], 1, 'same')],
  AvgPoolGrad: () => tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'))(image()),
  MaxPool: () => tf.maxPool(image(), 3, 2, 'same'),
  MaxPoolGrad: () => tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(image()),
  FusedBatchNormV3: () => tracedOperations.fusedBatchNorm(image(), row(), row(), 1e-3),
  FusedBatchNormGradV3: () =>
    tf.grad((x) => tracedOperations.fusedBatchNorm(x as tf.Tensor4D, row(), row(), 1e-3).y)(image()),
  SparseSoftmaxCrossEntropyWithLogits: () => tracedOperations.crossEntropy(matrix(), tf.tensor1d([0, 2], 'int32')),
};

/** What was added while `build` ran. */
function operationsOf(build: () => unknown): GraphOperation[] {
  added.length = 0;
  const stop = engine.interactive();
  try {
    tf.tidy(() => {
      build();
    });
  } finally {
    stop();
  }
  return [...added];
}

const plain = ({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }) => ({ dtype, shape });

const cases: readonly (readonly [string, () => unknown])[] = [
  ...Object.entries(unary).map(([type, build]) => [type, () => build(matrix())] as const),
  ...Object.entries(binary).map(
    ([type, build]) =>
      [
        type,
        () => [build(matrix(), matrix()), build(matrix(), row()), build(row(), column()), build(column(), matrix())],
      ] as const,
  ),
  ...Object.entries(others),
];

const emitted = new Set<string>();

describe('the outputs that a rule gives are those that TensorFlow infers', () => {
  it.each(cases)('%s', (title, build) => {
    const operations = operationsOf(build);
    const types = operations.map(({ type }) => type);
    expect(types).toContain(title.split(' ')[0]);
    for (const operation of operations) {
      emitted.add(operation.type);
      expect(shapeRules.get(operation.type)?.(operation).map(plain), operation.name).toEqual(
        operation.outputs.map(plain),
      );
    }
  });

  it('covers every rule but those of feeds and variables, which training steps cover', () => {
    const state = ['Placeholder', 'VarHandleOp', 'ReadVariableOp', 'AssignVariableOp', 'ResourceApplyMomentum'];
    expect([...shapeRules.keys()].filter((type) => !emitted.has(type)).sort()).toEqual(state.sort());
  });
});
