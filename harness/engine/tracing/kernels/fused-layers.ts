/** The products and convolutions that tfjs runs together with their bias and activation. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphOutput } from '../graph.js';
import { activated } from './activation.js';
import { convolution, depthwiseConvolution } from './convolution.js';
import type { KernelCall, TracedKernel } from './kernel.js';
import { matrixProduct } from './reduction.js';

function finished(call: KernelCall, product: GraphOutput): GraphOutput {
  if (!call.has('bias')) return activated(call, product);
  const bias = call.input('bias');
  // A vector over the last axis has an operation of its own, which is faster than a broadcast.
  const vector = bias.shape.length === 1 && bias.shape[0] === product.shape.at(-1) && product.shape.length > 1;
  return activated(call, call.graph.output(vector ? 'BiasAdd' : 'AddV2', [product, bias]));
}

export const fusedLayerKernels: readonly TracedKernel[] = [
  { name: tf._FusedMatMul, build: (call) => finished(call, matrixProduct(call)) },
  { name: tf.FusedConv2D, build: (call) => finished(call, convolution(call)) },
  { name: tf.FusedDepthwiseConv2D, build: (call) => finished(call, depthwiseConvolution(call)) },
];
