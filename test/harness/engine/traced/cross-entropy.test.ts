/** Softmax cross-entropy of operations that repeat bit for bit on GPUs, against the one kernel that has no such form there. */
import { mean, valueAndGrads, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../harness/core/seeded-random.js';
import { openTracedEngine, type TracedEngine, type TracedFunction } from '../../../../harness/engine/traced/index.js';

const engines: TracedEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

const [images, classes] = [64, 100];

function lossAndGradient(fusedCrossEntropy: boolean): TracedFunction {
  const engine = openTracedEngine({ devices: { kind: 'cores', count: 1 }, fusedCrossEntropy });
  engines.push(engine);
  const signature = [
    { shape: [images, classes], dtype: 'float32' },
    { shape: [images], dtype: 'int32' },
  ] as const;
  return engine.compile('loss', signature, ([logits, labels]) => {
    const lossOf = (x: Tensor): Tensor1D => engine.operations.crossEntropy(x as Tensor2D, labels as Tensor1D);
    const { grads } = valueAndGrads((x: Tensor) => mean(lossOf(x)))([logits as Tensor]);
    return [lossOf(logits as Tensor), grads[0] as Tensor];
  });
}

describe('cross-entropy of LogSoftmax, OneHot, Mul and Sum', () => {
  const random = seededRandom(3);
  // Up to where the exponential of a logit alone is beyond float32's range.
  const logits = Float32Array.from(
    { length: images * classes },
    (_, index) => (index < classes ? 200 : 8) * (2 * random() - 1),
  );
  const labels = Int32Array.from({ length: images }, () => Math.floor(random() * classes));

  it('has the losses and gradients of the fused kernel, and none of that kernel', async () => {
    const [fused, parts] = [lossAndGradient(true), lossAndGradient(false)];
    const types = parts.graph.operations.map(({ type }) => type);
    expect(types).not.toContain('SparseSoftmaxCrossEntropyWithLogits');
    for (const type of ['LogSoftmax', 'OneHot', 'Mul', 'Sum']) expect(types).toContain(type);
    const [wanted, found] = [await fused.run(logits, labels), await parts.run(logits, labels)];
    const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));
    for (const [index, reference] of wanted.entries()) {
      const difference = largest(Array.from(reference, (value, at) => value - (found[index]?.[at] ?? NaN)));
      // A sum of 100 float32 terms and an exponential: some 2^-24 each, of the largest value.
      expect(difference).toBeLessThan(2e-6 * largest(reference));
    }
  });
});
