/** Activation functions as the layers of tfjs name them, and those that no single operation of TensorFlow is. */
import * as tf from '@tensorflow/tfjs-core';
import { floatScalar } from '../constants.js';
import type { GraphOutput } from '../graph.js';
import { direct, type KernelCall, type TracedKernel } from './kernel.js';

/** `x` where it is not negative, `alpha x` elsewhere; `alpha` is broadcast. */
function parametricRelu({ graph }: KernelCall, x: GraphOutput, alpha: GraphOutput): GraphOutput {
  const negative = graph.output('Less', [x, floatScalar(graph, 0)]);
  return graph.output('SelectV2', [negative, graph.output('Mul', [x, alpha]), x]);
}

/** What a fused kernel does last. @throws Error for an activation that tfjs does not fuse */
export function activated(call: KernelCall, x: GraphOutput): GraphOutput {
  const { graph } = call;
  const activation = (call.attributes['activation'] as string | undefined) ?? 'linear';
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
    case 'relu6':
    case 'elu':
    case 'sigmoid':
      return graph.output({ relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' }[activation], [x]);
    case 'leakyrelu':
      return graph.output('LeakyRelu', [x], { alpha: { float: call.attributes['leakyreluAlpha'] as number } });
    case 'prelu':
      return parametricRelu(call, x, call.input('preluActivationWeights'));
    default:
      throw new Error(`Internal error: no fused activation ${activation}`);
  }
}

const real = ({ graph }: KernelCall, x: GraphOutput): GraphOutput =>
  x.dtype === 'float32' ? x : graph.output('Cast', [x], { DstT: { type: 'float32' } });

export const activationKernels: readonly TracedKernel[] = [
  { name: tf.Prelu, build: (call) => parametricRelu(call, real(call, call.input('x')), call.input('alpha')) },
  direct(tf.EluGrad, 'EluGrad', ['dy', 'y']),
];
