/** What the engine says of a convolution's precision and of a product's work. */
import { conv2d, matMul, sum, valueAndGrads, type Scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openTracedEngine, type TracedEngine, type TracedFunction } from '../../../../harness/engine/traced/index.js';
import { seededRandom } from '../../../../harness/core/seeded-random.js';

const engines: TracedEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

const random = seededRandom(1);
const images = Float32Array.from({ length: 2 * 8 * 8 * 3 }, () => 2 * random() - 1);
const kernel = Float32Array.from({ length: 3 * 3 * 3 * 16 }, () => 2 * random() - 1);

function convolution(bfloat16: boolean): TracedFunction {
  const engine = openTracedEngine({ devices: { kind: 'cores', count: 1 }, bfloat16 });
  engines.push(engine);
  const signature = [
    { shape: [2, 8, 8, 3], dtype: 'float32' },
    { shape: [3, 3, 3, 16], dtype: 'float32' },
  ] as const;
  return engine.compile('convolution', signature, ([x, w]) => {
    const { value, grads } = valueAndGrads((a: Tensor, b: Tensor) =>
      sum<Scalar>(conv2d(a as Tensor4D, b as Tensor4D, 1, 'same').square()),
    )([x as Tensor, w as Tensor]);
    return [value, ...grads];
  });
}

describe('bfloat16', () => {
  it('rounds the operands of all three convolutions, and gives back float32', async () => {
    const [exact, rounded] = [convolution(false), convolution(true)];
    const casts = ({ graph }: TracedFunction) => graph.operations.filter(({ type }) => type === 'Cast').length;
    expect(casts(exact)).toBe(0);
    // Two operands in, one result out.
    expect(casts(rounded)).toBe(3 * 3);
    const [wanted, found] = [await exact.run(images, kernel), await rounded.run(images, kernel)];
    for (const [index, reference] of wanted.entries()) {
      const norm = Math.hypot(...reference);
      const difference = Math.hypot(...reference.map((value, at) => value - (found[index]?.[at] ?? NaN))) / norm;
      // Eight significant bits: up to 2^-9 for each operand and result; a gradient passes two convolutions. Not equal, or nothing was rounded.
      expect(difference).toBeLessThan(2 ** -6);
      expect(difference).toBeGreaterThan(2 ** -14);
    }
  });
});

describe('the work of a matrix product', () => {
  it('is two for each multiply-add, whichever operand is taken transposed', () => {
    const engine = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
    engines.push(engine);
    const [rows, inner, columns] = [5, 7, 3];
    const signature = [
      { shape: [rows, inner], dtype: 'float32' },
      { shape: [inner, columns], dtype: 'float32' },
    ] as const;
    const { graph } = engine.compile('product', signature, ([a, b]) => {
      const { grads } = valueAndGrads((x: Tensor, y: Tensor) => sum<Scalar>(matMul(x, y).square()))([
        a as Tensor,
        b as Tensor,
      ]);
      return grads;
    });
    const products = graph.operations.filter(({ type }) => type === 'BatchMatMulV2');
    expect(products.map(({ flops }) => flops)).toEqual(new Array(3).fill(2 * rows * inner * columns));
  });
});
