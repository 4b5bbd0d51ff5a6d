/** Pools over images and volumes with their gradients; channels last. */
import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../core/problem.js';
import { floatScalar, intTable, intVector } from '../constants.js';
import type { GraphOutput } from '../graph.js';
import type { KernelCall, TracedKernel } from './kernel.js';
import { explicitPadding, isZero, overImage, poolingAttributes, type Padding } from './windows.js';

/** A pool whose padding is told in numbers: of the padded input, so that `neutral` is what the padding counts as. */
function padded(call: KernelCall, x: GraphOutput, axes: number, neutral: number): GraphOutput | undefined {
  const pad = call.attributes['pad'] as Padding;
  if (typeof pad === 'string' || isZero(pad)) return undefined;
  const { dimRoundingMode } = call.attributes as { dimRoundingMode?: 'floor' | 'round' | 'ceil' };
  if (dimRoundingMode === 'round' || dimRoundingMode === 'ceil')
    throw new Problem(
      'PADDING_UNSUPPORTED',
      `the traced engine rounds the number of windows down, not by dimRoundingMode "${dimRoundingMode}"`,
      'Pad the tensor first.',
    );
  const { graph } = call;
  return graph.output('PadV2', [x, intTable(graph, explicitPadding(pad, axes)), floatScalar(graph, neutral)]);
}

const validPool = (call: KernelCall, axes: number) => ({
  ksize: overImage(call.attributes['filterSize'], axes),
  strides: overImage(call.attributes['strides'], axes),
  padding: { string: 'VALID' },
});

function maxPool(type: string, axes: number): (call: KernelCall) => GraphOutput {
  return (call) => {
    const x = call.input('x');
    const around = padded(call, x, axes, -Infinity);
    return around === undefined
      ? call.graph.output(type, [x], poolingAttributes(call, axes))
      : call.graph.output(type, [around], validPool(call, axes));
  };
}

/** A mean is over what is there: that of the padded input, over the share of each window that is no padding; 0 where all is. */
function averagePool(type: string, axes: number): (call: KernelCall) => GraphOutput {
  return (call) => {
    const { graph } = call;
    const x = call.input('x');
    const around = padded(call, x, axes, 0);
    if (around === undefined) return graph.output(type, [x], poolingAttributes(call, axes));
    const inside = padded(call, graph.output('OnesLike', [x]), axes, 0) ?? x;
    const pool = (image: GraphOutput) => graph.output(type, [image], validPool(call, axes));
    return graph.output('DivNoNan', [pool(around), pool(inside)]);
  };
}

const averageGradient = (type: string, axes: number): TracedKernel['build'] => {
  return (call) =>
    call.graph.output(
      type,
      [intVector(call.graph, call.shapeOf('input')), call.input('dy')],
      poolingAttributes(call, axes),
    );
};

export const poolingKernels: readonly TracedKernel[] = [
  { name: tf.AvgPool, build: averagePool('AvgPool', 2) },
  { name: tf.AvgPoolGrad, build: averageGradient('AvgPoolGrad', 2) },
  { name: tf.AvgPool3D, build: averagePool('AvgPool3D', 3) },
  { name: tf.AvgPool3DGrad, build: averageGradient('AvgPool3DGrad', 3) },
  { name: tf.MaxPool, build: maxPool('MaxPool', 2) },
  {
    name: tf.MaxPoolGrad,
    build: (call) =>
      call.graph.output(
        'MaxPoolGrad',
        [call.input('input'), call.input('output'), call.input('dy')],
        poolingAttributes(call),
      ),
  },
  { name: tf.MaxPool3D, build: maxPool('MaxPool3D', 3) },
  {
    // tfjs gives the output of the forward pass to some callers only.
    name: tf.MaxPool3DGrad,
    build: (call) => {
      const attributes = poolingAttributes(call, 3);
      const input = call.input('input');
      const output = call.has('output') ? call.input('output') : call.graph.output('MaxPool3D', [input], attributes);
      return call.graph.output('MaxPool3DGrad', [input, output, call.input('dy')], attributes);
    },
  },
  {
    name: tf.MaxPoolWithArgmax,
    build: (call) => {
      const { graph } = call;
      const within = call.attributes['includeBatchInIndex'] === true;
      const [largest, position] = graph.add('MaxPoolWithArgmax', [call.input('x')], {
        ...poolingAttributes(call),
        include_batch_in_index: { bool: within },
      }).outputs;
      if (largest === undefined || position === undefined)
        throw new Error('Internal error: MaxPoolWithArgmax without its outputs');
      return [largest, graph.output('Cast', [position], { DstT: { type: 'int32' } })];
    },
  },
];
