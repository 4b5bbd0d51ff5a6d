/**
 * Synchronous pipeline parallelism (GPipe): a batch is cut into micro-batches that follow one another through the stages,
 * their gradients are added up, and the weights change once a step.
 *
 * The forward pass of a micro-batch is built through all stages before the next one's: a device that keeps program order
 * then works on one micro-batch while the next stage works on the one before. tfjs walks its tape backwards, so that the
 * backward passes follow in the opposite order of micro-batches, and adds up each weight's gradients where it lies.
 */
import { add, mul, split, type Scalar, type Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass } from './forward-pass.js';

/** Images and labels of the same part of a batch. */
type LossOf = (images: Tensor4D, labels: Tensor1D) => Scalar;

/**
 * The mean over micro-batches of equal size of the mean loss of each, [], on the first replica's device of `last`; the
 * group of the last stage, which needs the labels. Images are cut where the first stage is.
 */
export function meanOverMicroBatches(
  { operations, variables }: ForwardPass,
  last: number,
  [images, labels]: readonly [Tensor4D, Tensor1D],
  lossOf: LossOf,
): Scalar {
  const { microBatches, deviceOf } = variables.placement;
  if (microBatches === 1) return lossOf(images, labels);
  const cut = <T extends Tensor>(batch: T, group: number): T[] =>
    operations.onDevice(deviceOf(group, 0), () => split(batch, microBatches, 0));
  const classes = cut(labels, last);
  const losses = cut(images, 0).map((part, index) => {
    const own = classes[index];
    if (!own) throw new Error('Internal error: more micro-batches of images than of labels');
    return lossOf(part, own);
  });
  return operations.onDevice(deviceOf(last, 0), () =>
    mul<Scalar>(
      losses.reduce((total, loss) => add(total, loss)),
      1 / microBatches,
    ),
  );
}
