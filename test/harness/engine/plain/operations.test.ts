import {
  add,
  grads,
  logSoftmax,
  mean,
  memory,
  moments,
  mul,
  neg,
  oneHot,
  rsqrt,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  valueAndGrads,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { normal, numbers, relativeDifference, useCpuBackend } from '../../../experiments/warpnet/model/fixtures.js';

beforeAll(useCpuBackend);

describe('fused batch normalisation', () => {
  const inputs = () => {
    const x: Tensor4D = normal<Rank.R4>('x', [3, 4, 5, 6]).mul(2).add(1.5);
    return [x, normal<Rank.R1>('scale', [6]), normal<Rank.R1>('offset', [6])];
  };
  const weighting = () => normal<Rank.R4>('weighting', [3, 4, 5, 6]);
  const fused = (x: Tensor4D, scale: Tensor1D, offset: Tensor1D) =>
    plainOperations.fusedBatchNorm(x, scale, offset, 0.001).y;
  const plain = (x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor4D => {
    const { mean, variance } = moments(x, [0, 1, 2]);
    return add(mul(mul(sub(x, mean), rsqrt(add(variance, 0.001))), scale), offset);
  };
  const differentiate = (norm: typeof plain) => {
    const loss = (...values: Tensor[]) => sum(mul(norm(...(values as [Tensor4D, Tensor1D, Tensor1D])), weighting()));
    const { value, grads } = valueAndGrads(loss)(inputs());
    return [value, ...grads].map(numbers);
  };

  it('has the value and the gradients that tfjs derives from tf.moments', () => {
    const expected = differentiate(plain);
    const found = differentiate(fused);
    // Two orders of the same float32 sums over 60 pixels.
    for (const [index, name] of ['loss', 'x', 'scale', 'offset'].entries())
      expect(
        relativeDifference(found[index] ?? new Float32Array(), expected[index] ?? new Float32Array()),
        name,
      ).toBeLessThan(1e-5);
  });

  it('gives the mean and the biased variance of each channel', () => {
    // One channel: 1, 2, 3, 6 has mean 3 and variance (4 + 1 + 0 + 9) / 4.
    const x = tensor4d([1, 2, 3, 6], [1, 2, 2, 1]);
    const { y, mean, variance } = plainOperations.fusedBatchNorm(x, tensor1d([2]), tensor1d([5]), 0.5);
    expect(numbers(mean)[0]).toBeCloseTo(3, 6);
    expect(numbers(variance)[0]).toBeCloseTo(3.5, 6);
    // sqrt(3.5 + 0.5) = 2.
    const expected = Float32Array.of(1, 2, 3, 6).map((value) => ((value - 3) / 2) * 2 + 5);
    expect(relativeDifference(numbers(y), expected)).toBeLessThan(1e-6);
  });
});

describe('cross-entropy', () => {
  const labels = () => tensor1d([2, 0, 1], 'int32');
  const logits = (): Tensor2D => normal<Rank.R2>('logits', [3, 4]).mul(3);
  const weights = () => tensor1d([1, -2, 0.5]);

  it('has the value and the gradient of a log-softmax', () => {
    const ours = valueAndGrads((x: Tensor) =>
      sum(mul(plainOperations.crossEntropy(x as Tensor2D, labels()), weights())),
    )([logits()]);
    const theirs = valueAndGrads((x: Tensor) =>
      sum(mul(neg(sum(mul(logSoftmax(x), oneHot(labels(), 4, 1, 0, 'float32')), 1)), weights())),
    )([logits()]);
    expect(relativeDifference(numbers(ours.value), numbers(theirs.value))).toBeLessThan(1e-5);
    const [found, expected] = [ours.grads[0], theirs.grads[0]];
    if (!found || !expected) throw new Error('No gradient');
    expect(relativeDifference(numbers(found), numbers(expected))).toBeLessThan(1e-5);
  });

  it('is log(classes) where nothing is known, and finite for logits beyond exp', () => {
    const flat = plainOperations.crossEntropy(tensor2d([[7, 7, 7, 7]]), tensor1d([1], 'int32'));
    expect(numbers(flat)[0]).toBeCloseTo(Math.log(4), 6);
    const huge = plainOperations.crossEntropy(tensor2d([[1000, 0, 0]]), tensor1d([1], 'int32'));
    expect(numbers(huge)[0]).toBeCloseTo(1000, 3);
  });
});

describe('mask and stopGradient', () => {
  it('mask keeps v where pre is above 0, and only v has a gradient', () => {
    const [v, pre] = [tensor1d([1, 2, 3, 4]), tensor1d([-1, 0, 1, 2])];
    expect([...numbers(plainOperations.mask(v, pre))]).toEqual([0, 0, 3, 4]);
    const gradient = grads((a: Tensor, b: Tensor) => add(sum(mul(plainOperations.mask(a, b), 5)), sum(b)));
    expect(gradient([v, pre]).map((value) => [...numbers(value)])).toEqual([
      [0, 0, 5, 5],
      [1, 1, 1, 1],
    ]);
  });

  it('stopGradient has the same values and no gradient', () => {
    const x = tensor1d([1, 2, 3]);
    const gradient = grads((a: Tensor) => sum(mul(a, plainOperations.stopGradient(a))));
    expect([...numbers(plainOperations.stopGradient(x))]).toEqual([1, 2, 3]);
    // d(x * constant) = the constant, where x * x would have 2 x.
    expect(gradient([x]).map((value) => [...numbers(value)])).toEqual([[1, 2, 3]]);
  });

  it('nothing stays behind in memory', () => {
    const x = normal<Rank.R4>('x', [2, 3, 3, 2]);
    const [scale, offset] = [tensor1d([1, 1]), tensor1d([0, 0])];
    const before = memory().numTensors;
    tidy(() => {
      grads((value: Tensor) => {
        const { y } = plainOperations.fusedBatchNorm(
          plainOperations.stopGradient(value) as Tensor4D,
          scale,
          offset,
          0.1,
        );
        return add(mean(plainOperations.mask(value, y)), mean(y));
      })([x]);
    });
    expect(memory().numTensors).toBe(before);
  });
});
