/** The operations of a network in plain tfjs ops, run at once on whatever backend is current. One device. */
import {
  add,
  clone,
  customGrad,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  oneHot,
  reshape,
  rsqrt,
  square,
  step,
  sub,
  sum,
  type GradSaveFunc,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { BatchStatistics, Operations } from '../operations.js';

export const plainOperations: Operations = {
  onDevice: (_device, build) => build(),
  mask,
  stopGradient: (x) => offTape(() => clone(x)),
  // Each op runs where it is written.
  after: (x) => offTape(() => clone(x)),
  fusedBatchNorm,
  crossEntropy,
};

/** Computes without a record: inside a custom gradient tfjs's tape is off, and one without inputs leads nowhere. */
function offTape<T extends Tensor>(build: () => T): T {
  const compute = customGrad<T>(() => ({ value: build(), gradFunc: () => [] }));
  return compute();
}

function mask<T extends Tensor>(v: T, pre: Tensor): T {
  const masked = customGrad<Tensor>((...inputs) => {
    const [x, save] = inputs as [Tensor, GradSaveFunc];
    const pattern = step(pre);
    save([pattern]);
    return { value: mul(x, pattern), gradFunc: (dy, [saved]) => mul(dy, saved ?? pattern) };
  });
  return masked(v) as T;
}

/**
 * With x^ the normalised batch over M pixels a channel:
 * dx = scale / deviation * (dy - mean(dy) - x^ * mean(dy * x^)), dscale = sum(dy * x^), doffset = sum(dy)
 * (Ioffe and Szegedy, 2015): one feature map saved, where automatic differentiation of the formula saves four.
 */
function fusedBatchNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, epsilon: number): BatchStatistics {
  const axes = [0, 1, 2];
  const batchMean = offTape<Tensor1D>(() => mean(x, axes));
  const centred = offTape<Tensor4D>(() => sub(x, batchMean));
  const variance = offTape<Tensor1D>(() => mean(square(centred), axes));
  const pixels = x.size / x.shape[3];

  const normalise = customGrad<Tensor4D>((...inputs) => {
    const [, gamma, beta, save] = inputs as [Tensor4D, Tensor1D, Tensor1D, GradSaveFunc];
    const inverse = rsqrt(add(variance, epsilon));
    const normalised = mul(centred, inverse);
    save([normalised, mul(gamma, inverse)]);
    return {
      value: add(mul(normalised, gamma), beta),
      gradFunc: (dy, saved) => {
        const [hat, factor] = saved as [Tensor4D, Tensor1D];
        const gradOffset: Tensor1D = sum(dy, axes);
        const gradScale: Tensor1D = sum(mul(dy, hat), axes);
        const common = add(mul(hat, mul(gradScale, 1 / pixels)), mul(gradOffset, 1 / pixels));
        return [mul(sub(dy, common), factor), gradScale, gradOffset];
      },
    };
  });
  const y = normalise(x, scale, offset);
  centred.dispose();
  return { y, mean: batchMean, variance };
}

/** log(sum(exp(logits))) - logits[label], shifted by the largest logit; gradient softmax(logits) - oneHot(label). */
function crossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const losses = customGrad<Tensor1D>((...inputs) => {
    const [x, save] = inputs as [Tensor2D, GradSaveFunc];
    const targets = oneHot(labels, x.shape[1], 1, 0, 'float32');
    const shifted = sub(x, max(x, 1, true));
    const exponentials = exp(shifted);
    save([sub(div(exponentials, sum(exponentials, 1, true)), targets)]);
    return {
      value: sub(log(sum(exponentials, 1)), sum(mul(shifted, targets), 1)),
      gradFunc: (dy, [excess]) => mul(excess ?? targets, reshape(dy, [-1, 1])),
    };
  });
  return losses(logits);
}
