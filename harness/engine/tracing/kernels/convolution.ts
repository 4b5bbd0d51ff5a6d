/** Convolutions of images with their gradients, depthwise ones too. */
import * as tf from '@tensorflow/tfjs-core';
import { intTable, intVector } from '../constants.js';
import type { GraphOutput } from '../graph.js';
import type { KernelCall, TracedKernel } from './kernel.js';
import { channelsLast, convolutionAttributes, perAxis } from './windows.js';

/** Where the engine is asked for bfloat16, the operands are rounded to it and the result is a float32 again. */
function convolve(call: KernelCall, type: string, inputs: readonly GraphOutput[]): GraphOutput {
  const { graph } = call;
  const attributes = convolutionAttributes(call);
  if (!graph.bfloat16) return graph.output(type, inputs, attributes);
  const cast = (x: GraphOutput, to: 'float32' | 'bfloat16') => graph.output('Cast', [x], { DstT: { type: to } });
  const rounded = inputs.map((input) => (input.dtype === 'float32' ? cast(input, 'bfloat16') : input));
  return cast(graph.output(type, rounded, attributes), 'float32');
}

/** `x` with `filter`, in whichever format the call is in. */
export function convolution(given: KernelCall): GraphOutput {
  const { call, back } = channelsLast(given, ['x']);
  return back(convolve(call, 'Conv2D', [call.input('x'), call.input('filter')]));
}

/** `x` with `filter` [height, width, channels, multiplier]: each channel on its own. */
export function depthwiseConvolution(call: KernelCall): GraphOutput {
  const [height, width] = perAxis(call.attributes['dilations'], 2);
  // TensorFlow's kernel for CPUs knows no dilation: the filter is spread out instead.
  const filter = spread(call, call.input('filter'), height ?? 1, width ?? 1);
  const attributes = { ...convolutionAttributes(call), dilations: { ints: [1, 1, 1, 1] } };
  return call.graph.output('DepthwiseConv2dNative', [call.input('x'), filter], attributes);
}

/** The filter with zeros between its values, so that it reaches as far as the dilated one. */
function spread({ graph }: KernelCall, filter: GraphOutput, down: number, across: number): GraphOutput {
  if (down === 1 && across === 1) return filter;
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const shaped = (x: GraphOutput, shape: readonly number[]) => graph.output('Reshape', [x, intVector(graph, shape)]);
  const apart = shaped(filter, [height, 1, width, 1, channels, multiplier]);
  const paddings = intTable(graph, [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
    [0, 0],
    [0, 0],
  ]);
  const whole = shaped(graph.output('Pad', [apart, paddings]), [height * down, width * across, channels, multiplier]);
  const size = [(height - 1) * down + 1, (width - 1) * across + 1, channels, multiplier];
  return graph.output('Slice', [whole, intVector(graph, [0, 0, 0, 0]), intVector(graph, size)]);
}

export const convolutionKernels: readonly TracedKernel[] = [
  { name: tf.Conv2D, build: convolution },
  {
    name: tf.Conv2DBackpropInput,
    build: (given) => {
      const { call, back } = channelsLast(given, ['dy']);
      const shape = intVector(call.graph, call.attributes['inputShape'] as number[]);
      return back(convolve(call, 'Conv2DBackpropInput', [shape, call.input('filter'), call.input('dy')]));
    },
  },
  {
    name: tf.Conv2DBackpropFilter,
    build: (given) => {
      const { call } = channelsLast(given, ['x', 'dy']);
      const shape = intVector(call.graph, call.attributes['filterShape'] as number[]);
      return convolve(call, 'Conv2DBackpropFilter', [call.input('x'), shape, call.input('dy')]);
    },
  },
  { name: tf.DepthwiseConv2dNative, build: depthwiseConvolution },
  {
    name: tf.DepthwiseConv2dNativeBackpropInput,
    build: (call) => {
      const shape = intVector(call.graph, call.attributes['inputShape'] as number[]);
      const inputs = [shape, call.input('filter'), call.input('dy')];
      return call.graph.output('DepthwiseConv2dNativeBackpropInput', inputs, convolutionAttributes(call));
    },
  },
  {
    name: tf.DepthwiseConv2dNativeBackpropFilter,
    build: (call) => {
      const shape = intVector(call.graph, call.attributes['filterShape'] as number[]);
      const inputs = [call.input('x'), shape, call.input('dy')];
      return call.graph.output('DepthwiseConv2dNativeBackpropFilter', inputs, convolutionAttributes(call));
    },
  },
];
