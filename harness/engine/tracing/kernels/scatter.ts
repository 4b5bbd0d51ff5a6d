/** Kernels that put, count and find elements by index. */
import * as tf from '@tensorflow/tfjs-core';
import { intScalar, intVector } from '../constants.js';
import { direct, type TracedKernel } from './kernel.js';

export const scatterKernels: readonly TracedKernel[] = [
  {
    name: tf.ScatterNd,
    build: (call) => {
      const { graph } = call;
      const shape = intVector(graph, call.attributes['shape'] as number[]);
      const given = call.input('indices');
      // A vector of indices is a column of them to TensorFlow.
      const column = () => graph.output('Reshape', [given, intVector(graph, [...given.shape, 1])]);
      const indices = given.shape.length === 1 ? column() : given;
      return graph.output('ScatterNd', [indices, call.input('updates'), shape]);
    },
  },
  {
    name: tf.SparseToDense,
    build: (call) => {
      const shape = intVector(call.graph, call.attributes['outputShape'] as number[]);
      const inputs = [call.input('sparseIndices'), shape, call.input('sparseValues'), call.input('defaultValue')];
      return call.graph.output('SparseToDense', inputs, { validate_indices: { bool: true } });
    },
  },
  direct(tf.TensorScatterUpdate, 'TensorScatterUpdate', ['tensor', 'indices', 'updates']),
  {
    name: tf.TopK,
    build: (call) => {
      const { k, sorted } = call.attributes as { k?: number; sorted?: boolean };
      const count = intScalar(call.graph, k ?? 1);
      return call.graph.add('TopKV2', [call.input('x'), count], { sorted: { bool: sorted ?? true } }).outputs;
    },
  },
  {
    name: tf.Bincount,
    build: (call) => {
      const size = intScalar(call.graph, call.attributes['size'] as number);
      return call.graph.output('Bincount', [call.input('x'), size, call.input('weights')]);
    },
  },
  {
    name: tf.DenseBincount,
    build: (call) => {
      const size = intScalar(call.graph, call.attributes['size'] as number);
      return call.graph.output('DenseBincount', [call.input('x'), size, call.input('weights')], {
        binary_output: { bool: call.attributes['binaryOutput'] === true },
      });
    },
  },
  {
    name: tf.SearchSorted,
    build: (call) =>
      call.graph.output(
        call.attributes['side'] === 'left' ? 'LowerBound' : 'UpperBound',
        [call.input('sortedSequence'), call.input('values')],
        { out_type: { type: 'int32' } },
      ),
  },
  {
    // TensorFlow has none of booleans.
    name: tf.Diag,
    build: (call) => {
      const x = call.input('x');
      if (x.dtype !== 'bool') return call.graph.output('Diag', [x]);
      const counted = call.graph.output('Cast', [x], { DstT: { type: 'int32' } });
      return call.graph.output('Cast', [call.graph.output('Diag', [counted])], { DstT: { type: 'bool' } });
    },
  },
  direct(tf.BroadcastArgs, 'BroadcastArgs', ['s0', 's1']),
];
