/**
 * The derivative terms of the authors' two published codes, held to numbers computed outside of this project: TensorFlow,
 * float64, on the inputs that `released-derivative.json` describes (sines and cosines of the flat index, so that anybody
 * can make them). `released` is what `bn_conv_layer_grad` and `bn_relu_conv_layer_grad` of the TensorFlow code do
 * (zanarashidi/warpnet, archive/tensorflow/cifar10/parallel_Jumping_k.py), `port` what the later PyTorch code does.
 */
import { add, mul, sum, tensor, valueAndGrads, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Engine } from '../../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';
import { openTracedEngine } from '../../../../harness/engine/traced/index.js';
import { applyDerivative } from '../../../../experiments/warpnet/model/derivative.js';
import { convolve } from '../../../../experiments/warpnet/model/residual-unit.js';

const termSchema = z.object({
  y: z.array(z.number()),
  /** Sum of y * cos(0.3 i + 0.1). */
  loss: z.number(),
  /** Of the loss; there is none to x and Wa. */
  gradientWb: z.array(z.number()),
});
const golden = z
  .object({ released: termSchema, port: termSchema })
  .parse(JSON.parse(readFileSync(new URL('released-derivative.json', import.meta.url), 'utf8')));

const shapes = { x: [2, 5, 4, 3], kernel: [3, 3, 3, 3] } as const;
const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
const series = (shape: readonly number[], of: (index: number) => number): Float32Array =>
  Float32Array.from({ length: size(shape) }, (_, index) => of(index));
const inputs = [
  series(shapes.x, (i) => Math.sin(0.7 * i + 0.3)),
  series(shapes.kernel, (i) => Math.cos(1.1 * i + 0.2)),
  series(shapes.kernel, (i) => Math.sin(0.9 * i + 0.5)),
] as const;
const lossWeights = series(shapes.x, (i) => Math.cos(0.3 * i + 0.1));

/**
 * Sums of 27 products of numbers up to 1 in float32, against float64 printed to nine decimals: an error of 1e-6. The pattern
 * is the same on both sides, as no pre-activation is nearer to 0 than 4.6e-3. Another axis is off by more than 1.
 */
const tolerance = 1e-5;

const engines: Readonly<Record<string, () => Engine | Promise<Engine>>> = {
  plain: () => openPlainEngine({ backend: 'cpu' }),
  traced: () => openTracedEngine({ devices: { kind: 'cores', count: 1 } }),
};
const opened: Engine[] = [];
afterAll(() => {
  for (const engine of opened) engine.close();
});

function largestDifference(found: ArrayLike<number> | undefined, expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - (found?.[index] ?? NaN))));
}

describe.each(Object.keys(engines))('on the %s engine', (name) => {
  it.each(['released', 'port'] as const)(
    "%s: value, loss and gradients are those of the authors' code",
    async (kind) => {
      const engine = await engines[name]?.();
      if (engine === undefined) throw new Error(`no engine ${name}`);
      opened.push(engine);
      const { operations } = engine;
      const term = (x: Tensor4D, kernelA: Tensor4D, kernelB: Tensor4D): Tensor4D =>
        applyDerivative(operations, kind, {
          x1: x,
          v: x,
          kernelA,
          kernelB,
          linearPreActivation: () => convolve(x, kernelA),
          branchPreActivation: () => x,
        });
      const signature = [shapes.x, shapes.kernel, shapes.kernel].map((shape) => ({ shape, dtype: 'float32' as const }));
      const compiled = engine.compile(kind, signature, (tensors) => {
        const weights = tensor(lossWeights, [...shapes.x]);
        // x and Wa are added once, so that tfjs has a gradient to give, of ones, where the term has none.
        const loss = (...[x, a, b]: Tensor[]): Tensor =>
          add(
            sum(mul(term(x as Tensor4D, a as Tensor4D, b as Tensor4D), weights)),
            add(sum(x as Tensor), sum(a as Tensor)),
          );
        const { grads } = valueAndGrads(loss)(tensors);
        const y = term(...(tensors as [Tensor4D, Tensor4D, Tensor4D]));
        return [y, sum(mul(y, weights)), ...grads];
      });
      const [y, loss, gradientX, gradientWa, gradientWb] = await compiled.run(...inputs);
      const expected = golden[kind];
      expect(largestDifference(y, expected.y)).toBeLessThan(tolerance);
      expect(largestDifference(loss, [expected.loss])).toBeLessThan(tolerance);
      expect(largestDifference(gradientWb, expected.gradientWb)).toBeLessThan(tolerance);
      expect(new Set(gradientX)).toEqual(new Set([1]));
      expect(new Set(gradientWa)).toEqual(new Set([1]));
    },
  );
});
