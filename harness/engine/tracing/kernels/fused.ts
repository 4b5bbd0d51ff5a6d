/** Kernels that tfjs has no op for: training-mode batch normalisation, the mask of `F'`, softmax cross-entropy; and their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { emptyVector, floatScalar, intScalar, intVector } from '../constants.js';
import { firstOutput, type Attribute, type GraphOutput } from '../graph.js';
import type { KernelCall, TracedKernel } from './kernel.js';

export const fusedNames = {
  batchNorm: 'TracedBatchNorm',
  batchNormGradient: 'TracedBatchNormGradient',
  mask: 'TracedMask',
  crossEntropy: 'TracedCrossEntropy',
} as const;

const batchNormAttributes = (call: KernelCall, training: boolean): Record<string, Attribute> => ({
  epsilon: { float: call.attributes['epsilon'] as number },
  is_training: { bool: training },
});

export const fusedKernels: readonly TracedKernel[] = [
  {
    // Outputs: y, batch mean, batch variance (unbiased, as TensorFlow gives it), and three reserves for the gradient.
    name: fusedNames.batchNorm,
    build: (call) => {
      const { graph } = call;
      // Running averages are kept outside; in training the kernel wants these two inputs empty.
      const none = emptyVector(graph);
      const inputs = [call.input('x'), call.input('scale'), call.input('offset'), none, none];
      return graph.add('FusedBatchNormV3', inputs, batchNormAttributes(call, true)).outputs;
    },
  },
  {
    name: fusedNames.batchNormGradient,
    build: (call) =>
      call.graph
        .add(
          'FusedBatchNormGradV3',
          ['dy', 'x', 'scale', 'reserve1', 'reserve2', 'reserve3'].map((name) => call.input(name)),
          batchNormAttributes(call, true),
        )
        .outputs.slice(0, 3),
  },
  {
    name: fusedNames.mask,
    build: (call) => call.graph.output('ReluGrad', [call.input('v'), call.input('pre')]),
  },
  {
    // Outputs: loss of each image, and the gradient of each loss with respect to the logits.
    name: fusedNames.crossEntropy,
    build: (call) => {
      const [logits, labels] = [call.input('logits'), call.input('labels')];
      return call.graph.fusedCrossEntropy
        ? call.graph.add('SparseSoftmaxCrossEntropyWithLogits', [logits, labels]).outputs
        : crossEntropyOfParts(call, logits, labels);
    },
  },
  {
    // tfjs's own kernel: inference with given statistics.
    name: tf.FusedBatchNorm,
    build: (call) => {
      const { graph } = call;
      const mean = call.input('mean');
      const one = () => graph.output('OnesLike', [mean]);
      const zero = () => graph.output('ZerosLike', [mean]);
      const scale = call.has('scale') ? call.input('scale') : one();
      const offset = call.has('offset') ? call.input('offset') : zero();
      const x = call.input('x');
      if (x.shape.length === 4 && mean.shape.length === 1) {
        const epsilon = (call.attributes['varianceEpsilon'] as number | undefined) ?? 0.001;
        const operation = graph.add('FusedBatchNormV3', [x, scale, offset, mean, call.input('variance')], {
          epsilon: { float: epsilon },
          is_training: { bool: false },
        });
        return firstOutput(operation);
      }
      return unfusedInference(call, scale, offset);
    },
  },
];

/** -sum(y log softmax(x)), and softmax(x) - y, with y the labels as rows of 0 and 1: operations that repeat bit for bit on GPUs too. */
function crossEntropyOfParts({ graph }: KernelCall, logits: GraphOutput, labels: GraphOutput): GraphOutput[] {
  const classes = logits.shape.at(-1) ?? 1;
  const values = [intScalar(graph, classes), floatScalar(graph, 1), floatScalar(graph, 0)];
  const targets = graph.output('OneHot', [labels, ...values], { axis: { int: -1 } });
  const logProbabilities = graph.output('LogSoftmax', [logits]);
  const likelihood = graph.output('Mul', [targets, logProbabilities]);
  const loss = graph.output('Neg', [graph.output('Sum', [likelihood, intVector(graph, [1])])]);
  return [loss, graph.output('Sub', [graph.output('Exp', [logProbabilities]), targets])];
}

function unfusedInference(
  call: KernelCall,
  scale: ReturnType<KernelCall['input']>,
  offset: ReturnType<KernelCall['input']>,
): ReturnType<KernelCall['input']> {
  const { graph } = call;
  const epsilon = (call.attributes['varianceEpsilon'] as number | undefined) ?? 0.001;
  const deviation = graph.output('Rsqrt', [
    graph.output('AddV2', [call.input('variance'), floatScalar(graph, epsilon)]),
  ]);
  const factor = graph.output('Mul', [deviation, scale]);
  const centred = graph.output('Sub', [call.input('x'), call.input('mean')]);
  return graph.output('AddV2', [graph.output('Mul', [centred, factor]), offset]);
}
