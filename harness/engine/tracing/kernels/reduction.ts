/** Reductions, softmax, matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import { intScalar, intVector } from '../constants.js';
import type { GraphOutput } from '../graph.js';
import { direct, type KernelCall, type TracedKernel } from './kernel.js';

/** tfjs gives axes as a number, a list or nothing (all), under one of two names; TensorFlow takes them as a constant. */
function axesOf(call: KernelCall, input: string): GraphOutput {
  const axis = (call.attributes['reductionIndices'] ?? call.attributes['axis']) as number | number[] | null | undefined;
  const rank = call.shapeOf(input).length;
  const axes = axis === undefined || axis === null ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  return intVector(call.graph, axes);
}

const reduction = (name: string, type = name, asFloat = false): TracedKernel => ({
  name,
  build: (call) => {
    const x = call.input('x');
    const input = asFloat && x.dtype !== 'float32' ? call.graph.output('Cast', [x], { DstT: { type: 'float32' } }) : x;
    const keepDims = (call.attributes['keepDims'] as boolean | undefined) ?? false;
    return call.graph.output(type, [input, axesOf(call, 'x')], { keep_dims: { bool: keepDims } });
  },
});

const argument = (name: string): TracedKernel => ({
  name,
  build: (call) =>
    call.graph.output(
      name,
      [call.input('x'), intScalar(call.graph, [call.attributes['axis'] as number].flat()[0] ?? 0)],
      {
        output_type: { type: 'int32' },
      },
    ),
});

const cumulative = (name: string): TracedKernel => ({
  name,
  build: (call) =>
    call.graph.output(name, [call.input('x'), intScalar(call.graph, call.attributes['axis'] as number)], {
      exclusive: { bool: call.attributes['exclusive'] === true },
      reverse: { bool: call.attributes['reverse'] === true },
    }),
});

/** [..., n, k] x [..., k, m] -> [..., n, m], either operand taken transposed where the call says so. */
export const matrixProduct = (call: KernelCall): GraphOutput =>
  call.graph.output('BatchMatMulV2', [call.input('a'), call.input('b')], {
    adj_x: { bool: call.attributes['transposeA'] === true },
    adj_y: { bool: call.attributes['transposeB'] === true },
  });

export const reductionKernels: readonly TracedKernel[] = [
  reduction(tf.Sum),
  reduction(tf.Mean, 'Mean', true),
  reduction(tf.Max),
  reduction(tf.Min),
  reduction(tf.Prod),
  reduction(tf.All),
  reduction(tf.Any),
  argument(tf.ArgMax),
  argument(tf.ArgMin),
  cumulative(tf.Cumsum),
  cumulative(tf.Cumprod),
  {
    name: tf.Einsum,
    build: (call) => {
      const inputs = call.list();
      const equation = { string: call.attributes['equation'] as string };
      return call.graph.output('Einsum', [inputs], { equation });
    },
  },
  direct(tf.Softmax, 'Softmax', ['logits']),
  direct(tf.LogSoftmax, 'LogSoftmax', ['logits']),
  { name: tf.BatchMatMul, build: matrixProduct },
];
