/** Element-wise kernels. */
import * as tf from '@tensorflow/tfjs-core';
import { constantOutput, floatScalar, intScalar } from '../constants.js';
import type { DataType, GraphOutput } from '../graph.js';
import { binary, direct, unary, type TracedKernel } from './kernel.js';

const tensorFlowTypes = { float32: 'float32', int32: 'int32', bool: 'bool', complex64: 'complex64' } as const;

/** tfjs accepts int32 for functions that TensorFlow computes in floating point only. */
const floating = (name: string, type = name): TracedKernel => ({
  name,
  build: (call) => {
    const x = call.input('x');
    const real = x.dtype === 'float32' ? x : call.graph.output('Cast', [x], { DstT: { type: 'float32' } });
    return call.graph.output(type, [real]);
  },
});

const floatingFunctions = [
  ...[tf.Exp, tf.Expm1, tf.Log, tf.Log1p, tf.Sqrt, tf.Rsqrt, tf.Reciprocal, tf.Sigmoid, tf.Softplus, tf.Erf],
  ...[tf.Sin, tf.Cos, tf.Tan, tf.Sinh, tf.Cosh, tf.Tanh, tf.Asin, tf.Acos, tf.Atan, tf.Asinh, tf.Acosh, tf.Atanh],
  ...[tf.Elu, tf.Selu, tf.IsNan, tf.IsInf, tf.IsFinite, tf.Floor, tf.Ceil, tf.Round],
];
const otherFunctions = [tf.Abs, tf.Neg, tf.Relu, tf.Relu6, tf.Sign, tf.Square, tf.LogicalNot];
const binaryFunctions = [
  ...[tf.Sub, tf.RealDiv, tf.FloorDiv, tf.Maximum, tf.Minimum, tf.Pow, tf.SquaredDifference, tf.Atan2],
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual, tf.LogicalAnd, tf.LogicalOr],
];

export const elementwiseKernels: readonly TracedKernel[] = [
  ...floatingFunctions.map((name) => floating(name)),
  ...otherFunctions.map((name) => unary(name)),
  ...binaryFunctions.map((name) => binary(name)),
  unary(tf.Identity),
  binary(tf.BitwiseAnd),
  binary(tf.Add, 'AddV2'),
  binary(tf.Multiply, 'Mul'),
  binary(tf.Mod, 'FloorMod'),
  direct(tf.LeakyRelu, 'LeakyRelu', ['x'], (call) => ({ alpha: { float: call.attributes['alpha'] as number } })),
  {
    name: tf.ClipByValue,
    build: (call) => {
      const { clipValueMin, clipValueMax } = call.attributes as { clipValueMin: number; clipValueMax: number };
      const { graph } = call;
      const x = call.input('x');
      const clip = (real: GraphOutput) =>
        graph.output('ClipByValue', [real, floatScalar(graph, clipValueMin), floatScalar(graph, clipValueMax)]);
      if (x.dtype === 'float32') return clip(x);
      const cast = (from: GraphOutput, to: DataType) => graph.output('Cast', [from], { DstT: { type: to } });
      return cast(clip(cast(x, 'float32')), x.dtype);
    },
  },
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
      const x = call.input('x');
      const dtype = tensorFlowTypes[call.attributes['dtype'] as keyof typeof tensorFlowTypes];
      return x.dtype === dtype ? x : call.graph.output('Cast', [x], { DstT: { type: dtype } });
    },
  },
  {
    // 1 where x > 0, alpha elsewhere; a NaN counts as not greater.
    name: tf.Step,
    build: (call) => {
      const x = call.input('x');
      const { graph } = call;
      const zero = x.dtype === 'float32' ? floatScalar(graph, 0) : intScalar(graph, 0);
      const positive = graph.output('Greater', [x, zero]);
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
