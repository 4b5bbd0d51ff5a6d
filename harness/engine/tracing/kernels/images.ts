/** Kernels that resize, cut and rearrange images, and those that look at a neighbourhood; channels last. */
import * as tf from '@tensorflow/tfjs-core';
import { intTable, intVector } from '../constants.js';
import type { Attribute } from '../graph.js';
import type { KernelCall, TracedKernel } from './kernel.js';
import { overImage } from './windows.js';

const corners = (call: KernelCall): Record<string, Attribute> => ({
  align_corners: { bool: call.attributes['alignCorners'] === true },
  half_pixel_centers: { bool: call.attributes['halfPixelCenters'] === true },
});

const resized = (name: string): TracedKernel => ({
  name,
  build: (call) => {
    const size = intVector(call.graph, call.attributes['size'] as number[]);
    return call.graph.output(name, [call.input('images'), size], corners(call));
  },
});

/** Images in blocks, to and from the batch: the second list of numbers is what is cropped or padded. */
const blocks = (name: string, table: string): TracedKernel => ({
  name,
  build: (call) => {
    const { graph } = call;
    const shape = intVector(graph, call.attributes['blockShape'] as number[]);
    return graph.output(name, [call.input('x'), shape, intTable(graph, call.attributes[table] as number[][])]);
  },
});

const responseAttributes = ({ attributes }: KernelCall): Record<string, Attribute> => ({
  depth_radius: { int: attributes['depthRadius'] as number },
  bias: { float: attributes['bias'] as number },
  alpha: { float: attributes['alpha'] as number },
  beta: { float: attributes['beta'] as number },
});

const dilation = (name: string, inputs: readonly string[]): TracedKernel => ({
  name,
  build: (call) =>
    call.graph.output(
      name,
      inputs.map((input) => call.input(input)),
      {
        strides: overImage(call.attributes['strides']),
        rates: overImage(call.attributes['dilations']),
        padding: { string: (call.attributes['pad'] as string).toUpperCase() },
      },
    ),
});

export const imageKernels: readonly TracedKernel[] = [
  resized(tf.ResizeBilinear),
  resized(tf.ResizeNearestNeighbor),
  {
    name: tf.ResizeBilinearGrad,
    build: (call) => call.graph.output('ResizeBilinearGrad', [call.input('dy'), call.input('images')], corners(call)),
  },
  {
    name: tf.ResizeNearestNeighborGrad,
    build: (call) => {
      const size = intVector(call.graph, call.shapeOf('images').slice(1, 3));
      return call.graph.output('ResizeNearestNeighborGrad', [call.input('dy'), size], corners(call));
    },
  },
  {
    name: tf.CropAndResize,
    build: (call) => {
      const { cropSize, method, extrapolationValue } = call.attributes as {
        cropSize: number[];
        method: string;
        extrapolationValue: number;
      };
      const inputs = [call.input('image'), call.input('boxes'), call.input('boxInd'), intVector(call.graph, cropSize)];
      return call.graph.output('CropAndResize', inputs, {
        method: { string: method },
        extrapolation_value: { float: extrapolationValue },
      });
    },
  },
  {
    name: tf.FlipLeftRight,
    build: (call) => call.graph.output('ReverseV2', [call.input('image'), intVector(call.graph, [2])]),
  },
  {
    name: tf.DepthToSpace,
    build: (call) =>
      call.graph.output('DepthToSpace', [call.input('x')], {
        block_size: { int: call.attributes['blockSize'] as number },
        data_format: { string: call.attributes['dataFormat'] as string },
      }),
  },
  blocks(tf.SpaceToBatchND, 'paddings'),
  blocks(tf.BatchToSpaceND, 'crops'),
  {
    name: tf.LRN,
    build: (call) => call.graph.output('LRN', [call.input('x')], responseAttributes(call)),
  },
  {
    name: tf.LRNGrad,
    build: (call) =>
      call.graph.output('LRNGrad', [call.input('dy'), call.input('x'), call.input('y')], responseAttributes(call)),
  },
  dilation(tf.Dilation2D, ['x', 'filter']),
  dilation(tf.Dilation2DBackpropInput, ['x', 'filter', 'dy']),
  dilation(tf.Dilation2DBackpropFilter, ['x', 'filter', 'dy']),
];
