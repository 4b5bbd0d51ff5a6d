/** Convolutions of volumes with their gradients; channels last. */
import * as tf from '@tensorflow/tfjs-core';
import { intVector } from '../constants.js';
import type { TracedKernel } from './kernel.js';
import { convolutionAttributes } from './windows.js';

export const volumeKernels: readonly TracedKernel[] = [
  {
    name: tf.Conv3D,
    build: (call) =>
      call.graph.output('Conv3D', [call.input('x'), call.input('filter')], convolutionAttributes(call, 3)),
  },
  {
    name: tf.Conv3DBackpropFilterV2,
    build: (call) => {
      const shape = intVector(call.graph, call.attributes['filterShape'] as number[]);
      const inputs = [call.input('x'), shape, call.input('dy')];
      return call.graph.output('Conv3DBackpropFilterV2', inputs, convolutionAttributes(call, 3));
    },
  },
  {
    name: tf.Conv3DBackpropInputV2,
    build: (call) => {
      const shape = intVector(call.graph, call.attributes['inputShape'] as number[]);
      const inputs = [shape, call.input('filter'), call.input('dy')];
      return call.graph.output('Conv3DBackpropInputV2', inputs, convolutionAttributes(call, 3));
    },
  },
];
