/** Element-wise kernels. */
import * as tf from '@tensorflow/tfjs-core';
import { constantOutput, floatScalar } from '../constants.js';
import { binary, unary, type TracedKernel } from './kernel.js';

const tensorFlowTypes = { float32: 'float32', int32: 'int32', bool: 'bool' } as const;

export const elementwiseKernels: readonly TracedKernel[] = [
  ...[tf.Abs, tf.Exp, tf.Floor, tf.Ceil, tf.Log, tf.Log1p, tf.Expm1, tf.Neg, tf.Reciprocal, tf.Relu, tf.Relu6].map(
    (name) => unary(name),
  ),
  ...[tf.Rsqrt, tf.Sigmoid, tf.Sign, tf.Sqrt, tf.Square, tf.Tanh, tf.Sin, tf.Cos, tf.Softplus, tf.LogicalNot].map(
    (name) => unary(name),
  ),
  unary(tf.Identity),
  binary(tf.Add, 'AddV2'),
  binary(tf.Multiply, 'Mul'),
  ...[tf.Sub, tf.RealDiv, tf.Maximum, tf.Minimum, tf.Pow, tf.SquaredDifference].map((name) => binary(name)),
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual].map((name) => binary(name)),
  ...[tf.LogicalAnd, tf.LogicalOr].map((name) => binary(name)),
  {
    name: tf.AddN,
    build: (call) => {
      const inputs = call.list();
      return call.graph.output('AddN', [inputs]);
    },
  },
  {
    name: tf.Cast,
    build: (call) => {
      const dtype = tensorFlowTypes[call.attributes['dtype'] as keyof typeof tensorFlowTypes];
      return call.graph.output('Cast', [call.input('x')], { DstT: { type: dtype } });
    },
  },
  {
    // 1 where x > 0, `alpha * x`-like constant elsewhere: tfjs's step(x, alpha) is alpha at x <= 0, NaN at NaN.
    name: tf.Step,
    build: (call) => {
      const x = call.input('x');
      const { graph } = call;
      const positive = graph.output('Greater', [x, floatScalar(graph, 0)]);
      const one = graph.output('Cast', [positive], { DstT: { type: 'float32' } });
      const alpha = (call.attributes['alpha'] as number | undefined) ?? 0;
      const stepped =
        alpha === 0
          ? one
          : graph.output('AddV2', [
              graph.output('Mul', [one, floatScalar(graph, 1 - alpha)]),
              floatScalar(graph, alpha),
            ]);
      return stepped;
    },
  },
  {
    name: tf.Select,
    build: (call) => call.graph.output('SelectV2', [call.input('condition'), call.input('t'), call.input('e')]),
  },
  {
    name: tf.ZerosLike,
    build: (call) => call.graph.output('ZerosLike', [call.input('x')]),
  },
  {
    name: tf.OnesLike,
    build: (call) => call.graph.output('OnesLike', [call.input('x')]),
  },
  {
    name: tf.Fill,
    build: (call) => {
      const { shape, value, dtype } = call.attributes as { shape: number[]; value: number; dtype?: tf.DataType };
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      const type = dtype ?? 'float32';
      const values = type === 'float32' ? new Float32Array(size).fill(value) : new Int32Array(size).fill(value);
      return constantOutput(call.graph, values, shape, type);
    },
  },
];
