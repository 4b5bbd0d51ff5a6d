/** Kernels that arrange elements: reshape, concatenate, slice, gather. */
import * as tf from '@tensorflow/tfjs-core';
import { constantOutput, floatScalar, intScalar, intTable, intVector } from '../constants.js';
import { direct, type TracedKernel } from './kernel.js';

export const arrangementKernels: readonly TracedKernel[] = [
  {
    name: tf.Reshape,
    build: (call) => {
      const shape = call.attributes['shape'] as number[];
      const size = call.shapeOf('x').reduce((product, dimension) => product * dimension, 1);
      return call.graph.output('Reshape', [
        call.input('x'),
        intVector(call.graph, tf.util.inferFromImplicitShape(shape, size)),
      ]);
    },
  },
  {
    name: tf.ExpandDims,
    build: (call) =>
      call.graph.output('ExpandDims', [call.input('input'), intScalar(call.graph, call.attributes['dim'] as number)]),
  },
  {
    name: tf.Concat,
    build: (call) => {
      const inputs = call.list();
      const axis = call.attributes['axis'] as number;
      const first = inputs[0];
      if (inputs.length === 1 && first !== undefined) return call.graph.output('Identity', [first]);
      return call.graph.output('ConcatV2', [inputs, intScalar(call.graph, axis)], { N: { int: inputs.length } });
    },
  },
  {
    name: tf.SplitV,
    build: (call) => {
      const axis = tf.util.parseAxisParam(call.attributes['axis'] as number, [...call.shapeOf('x')])[0] ?? 0;
      const sizes = tf.backend_util.prepareSplitSize(
        { shape: [...call.shapeOf('x')] } as tf.Tensor,
        call.attributes['numOrSizeSplits'] as number | number[],
        axis,
      );
      return call.graph.add('SplitV', [call.input('x'), intVector(call.graph, sizes), intScalar(call.graph, axis)], {
        num_split: { int: sizes.length },
      }).outputs;
    },
  },
  {
    name: tf.Slice,
    build: (call) => {
      const begin = call.attributes['begin'] as number[];
      const size = call.attributes['size'] as number[];
      const [start, extent] = tf.slice_util.parseSliceParams(
        { shape: [...call.shapeOf('x')] } as tf.Tensor,
        begin,
        size,
      ) as [number[], number[]];
      return call.graph.output('Slice', [call.input('x'), intVector(call.graph, start), intVector(call.graph, extent)]);
    },
  },
  {
    name: tf.StridedSlice,
    build: (call) => {
      const { graph, attributes } = call;
      const list = (name: string) => intVector(graph, attributes[name] as number[]);
      const mask = (name: string) => ({ int: (attributes[name] as number | undefined) ?? 0 });
      return graph.output('StridedSlice', [call.input('x'), list('begin'), list('end'), list('strides')], {
        begin_mask: mask('beginMask'),
        end_mask: mask('endMask'),
        ellipsis_mask: mask('ellipsisMask'),
        new_axis_mask: mask('newAxisMask'),
        shrink_axis_mask: mask('shrinkAxisMask'),
      });
    },
  },
  {
    name: tf.Pack,
    build: (call) => {
      const inputs = call.list();
      return call.graph.output('Pack', [inputs], { axis: { int: call.attributes['axis'] as number } });
    },
  },
  {
    name: tf.Unpack,
    build: (call) => {
      const axis = call.attributes['axis'] as number;
      const size = call.shapeOf('value').at(axis) ?? 0;
      return call.graph.add('Unpack', [call.input('value')], { axis: { int: axis }, num: { int: size } }).outputs;
    },
  },
  {
    name: tf.Transpose,
    build: (call) =>
      call.graph.output('Transpose', [call.input('x'), intVector(call.graph, call.attributes['perm'] as number[])]),
  },
  {
    name: tf.Tile,
    build: (call) =>
      call.graph.output('Tile', [call.input('x'), intVector(call.graph, call.attributes['reps'] as number[])]),
  },
  {
    name: tf.Reverse,
    build: (call) =>
      call.graph.output('ReverseV2', [
        call.input('x'),
        intVector(call.graph, [call.attributes['dims'] as number[]].flat()),
      ]),
  },
  {
    name: tf.PadV2,
    build: (call) => {
      const paddings = call.attributes['paddings'] as [number, number][];
      const x = call.input('x');
      const value = call.attributes['constantValue'] as number;
      const table = intTable(call.graph, paddings);
      const fill = x.dtype === 'float32' ? floatScalar(call.graph, value) : intScalar(call.graph, value);
      return call.graph.output('PadV2', [x, table, fill]);
    },
  },
  {
    name: tf.GatherV2,
    build: (call) =>
      call.graph.output(
        'GatherV2',
        [call.input('x'), call.input('indices'), intScalar(call.graph, call.attributes['axis'] as number)],
        { batch_dims: { int: (call.attributes['batchDims'] as number | undefined) ?? 0 } },
      ),
  },
  {
    name: tf.OneHot,
    build: (call) => {
      const { depth, onValue, offValue } = call.attributes as { depth: number; onValue: number; offValue: number };
      const { graph } = call;
      const dtype = (call.attributes['dtype'] as string | undefined) ?? 'int32';
      const scalar = (value: number) => (dtype === 'float32' ? floatScalar(graph, value) : intScalar(graph, value));
      return graph.output('OneHot', [
        call.input('indices'),
        intScalar(graph, depth),
        scalar(onValue),
        scalar(offValue),
      ]);
    },
  },
  {
    name: tf.Range,
    build: (call) => {
      const { start, stop, dtype } = call.attributes as { start: number; stop: number; dtype: string };
      const given = call.attributes['step'] as number;
      // As tfjs has it: a range that falls counts down by one where no step is given.
      const step = stop < start && given === 1 ? -1 : given;
      const count = Math.max(0, Math.ceil((stop - start) / step));
      const values = Array.from({ length: count }, (_, index) => start + index * step);
      return constantOutput(call.graph, values, [count], dtype === 'int32' ? 'int32' : 'float32');
    },
  },
  {
    name: tf.LinSpace,
    build: (call) => {
      const { start, stop, num } = call.attributes as { start: number; stop: number; num: number };
      const values = Array.from({ length: num }, (_, index) => start + (index * (stop - start)) / Math.max(1, num - 1));
      return constantOutput(call.graph, values, [num], 'float32');
    },
  },
  {
    name: tf.MirrorPad,
    build: (call) => {
      const paddings = call.attributes['paddings'] as [number, number][];
      const table = intTable(call.graph, paddings);
      const mode = (call.attributes['mode'] as string).toUpperCase();
      return call.graph.output('MirrorPad', [call.input('x'), table], { mode: { string: mode } });
    },
  },
  {
    // The gradient of a gather.
    name: tf.UnsortedSegmentSum,
    build: (call) =>
      call.graph.output('UnsortedSegmentSum', [
        call.input('x'),
        call.input('segmentIds'),
        intScalar(call.graph, call.attributes['numSegments'] as number),
      ]),
  },
  direct(tf.GatherNd, 'GatherNd', ['params', 'indices']),
];
