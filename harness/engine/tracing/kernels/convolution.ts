/** Convolutions and pooling with their gradients; channels last. */
import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../core/problem.js';
import { intVector } from '../constants.js';
import type { Attribute, GraphOutput } from '../graph.js';
import type { KernelCall, TracedKernel } from './kernel.js';

type Padding = 'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]];

const pair = (value: number | number[] | undefined): [number, number] => {
  const [height = 1, width = height] = [value ?? 1].flat();
  return [height, width];
};

function requireChannelsLast(call: KernelCall): void {
  const format = call.attributes['dataFormat'] as string | undefined;
  if (format !== undefined && format !== 'NHWC')
    throw new Problem(
      'FORMAT_UNSUPPORTED',
      `the traced engine takes NHWC convolutions, not ${format}`,
      'Transpose the tensor first.',
    );
}

/** Strides, dilations and padding as TensorFlow's convolutions take them. */
function convolutionAttributes(call: KernelCall): Record<string, Attribute> {
  requireChannelsLast(call);
  const [strideHeight, strideWidth] = pair(call.attributes['strides'] as number | number[]);
  const [dilationHeight, dilationWidth] = pair(call.attributes['dilations'] as number | number[] | undefined);
  return {
    strides: { ints: [1, strideHeight, strideWidth, 1] },
    dilations: { ints: [1, dilationHeight, dilationWidth, 1] },
    ...paddingAttributes(call.attributes['pad'] as Padding),
  };
}

function paddingAttributes(pad: Padding): Record<string, Attribute> {
  if (pad === 'same' || pad === 'valid') return { padding: { string: pad.toUpperCase() } };
  const explicit = typeof pad === 'number' ? [0, 0, pad, pad, pad, pad, 0, 0] : pad.flat();
  return { padding: { string: 'EXPLICIT' }, explicit_paddings: { ints: explicit } };
}

function poolingAttributes(call: KernelCall): Record<string, Attribute> {
  const [height, width] = pair(call.attributes['filterSize'] as number | number[]);
  const [strideHeight, strideWidth] = pair(call.attributes['strides'] as number | number[]);
  const pad = call.attributes['pad'] as Padding;
  const padding = pad === 0 ? 'valid' : pad;
  if (padding !== 'valid' && padding !== 'same')
    throw new Problem(
      'PADDING_UNSUPPORTED',
      'the traced engine pools with same or valid padding',
      'Pad the tensor first.',
    );
  return {
    ksize: { ints: [1, height, width, 1] },
    strides: { ints: [1, strideHeight, strideWidth, 1] },
    padding: { string: padding.toUpperCase() },
  };
}

/** Where the engine is asked for bfloat16, the operands are rounded to it and the result is a float32 again. */
function convolve(call: KernelCall, type: string, inputs: readonly GraphOutput[]): GraphOutput {
  const { graph } = call;
  const attributes = convolutionAttributes(call);
  if (!graph.bfloat16) return graph.output(type, inputs, attributes);
  const cast = (x: GraphOutput, to: 'float32' | 'bfloat16') => graph.output('Cast', [x], { DstT: { type: to } });
  const rounded = inputs.map((input) => (input.dtype === 'float32' ? cast(input, 'bfloat16') : input));
  return cast(graph.output(type, rounded, attributes), 'float32');
}

export const convolutionKernels: readonly TracedKernel[] = [
  {
    name: tf.Conv2D,
    build: (call) => convolve(call, 'Conv2D', [call.input('x'), call.input('filter')]),
  },
  {
    name: tf.Conv2DBackpropInput,
    build: (call) =>
      convolve(call, 'Conv2DBackpropInput', [
        intVector(call.graph, call.attributes['inputShape'] as number[]),
        call.input('filter'),
        call.input('dy'),
      ]),
  },
  {
    name: tf.Conv2DBackpropFilter,
    build: (call) =>
      convolve(call, 'Conv2DBackpropFilter', [
        call.input('x'),
        intVector(call.graph, call.attributes['filterShape'] as number[]),
        call.input('dy'),
      ]),
  },
  {
    name: tf.AvgPool,
    build: (call) => call.graph.output('AvgPool', [call.input('x')], poolingAttributes(call)),
  },
  {
    name: tf.AvgPoolGrad,
    build: (call) =>
      call.graph.output(
        'AvgPoolGrad',
        [intVector(call.graph, call.shapeOf('input')), call.input('dy')],
        poolingAttributes(call),
      ),
  },
  {
    name: tf.MaxPool,
    build: (call) => call.graph.output('MaxPool', [call.input('x')], poolingAttributes(call)),
  },
  {
    name: tf.MaxPoolGrad,
    build: (call) =>
      call.graph.output(
        'MaxPoolGrad',
        [call.input('input'), call.input('output'), call.input('dy')],
        poolingAttributes(call),
      ),
  },
];
