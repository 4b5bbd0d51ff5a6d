/** The end of a network: the mean of each channel, a linear classifier, and the cross-entropy of its logits. */
import {
  add,
  avgPool,
  matMul,
  mul,
  reshape,
  sum,
  type Rank,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Declaration } from '../declaration.js';
import type { ForwardPass } from '../forward-pass.js';
import { heNormal, type Distribution } from '../parameter.js';

/** Weights [features, classes], and a bias of 0, [classes]. Without rules: the usual start, and weight decay of the weights. */
export function declareClassifier(
  name: string,
  [features, classes]: readonly [number, number],
  group: number,
  rules: { readonly initial?: Distribution; readonly decayed?: boolean; readonly biasDecayed?: boolean } = {},
): Declaration[] {
  const { initial = heNormal([features, classes]), decayed = true, biasDecayed = false } = rules;
  const zero: Distribution = { kind: 'constant', value: 0 };
  return [
    { kind: 'weight', name: `${name}/weights`, shape: [features, classes], group, initial, decayed },
    { kind: 'weight', name: `${name}/bias`, shape: [classes], group, initial: zero, decayed: biasDecayed },
  ];
}

/** Logits [batch, classes] of one part, from the mean of each channel over the whole map; to be called inside `map`. */
export function classify(pass: ForwardPass, name: string, group: number, part: Tensor4D, replica: number): Tensor2D {
  const [batch, height, width, channels] = part.shape;
  const pooled = reshape<Rank.R2>(avgPool(part, [height, width], 1, 'valid'), [batch, channels]);
  const logits = matMul(pooled, pass.matrix(`${name}/weights`, group, replica));
  return add(logits, pass.vector(`${name}/bias`, group, replica));
}

/** Mean over all parts of the softmax cross-entropy in nats, [], on the first replica's device of `group`. */
export function meanCrossEntropy(
  pass: ForwardPass,
  group: number,
  logits: readonly Tensor2D[],
  labels: readonly Tensor1D[],
): Scalar {
  const { operations, variables } = pass;
  const images = labels.reduce((total, part) => total + part.size, 0);
  const losses = pass.map(group, logits, (part, replica) => {
    const classes = labels[replica];
    if (!classes) throw new Error('Internal error: more parts of logits than of labels');
    return mul<Scalar>(sum(operations.crossEntropy(part, classes)), 1 / images);
  });
  return operations.onDevice(variables.placement.deviceOf(group, 0), () =>
    losses.reduce((total, loss) => add(total, loss)),
  );
}
