import {
  add,
  grad,
  greater,
  mul,
  relu,
  sub,
  sum,
  valueAndGrads,
  type Rank,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { applyDerivative } from '../../../../experiments/warpnet/model/derivative.js';
import { derivativeReadings, type DerivativeReading } from '../../../../experiments/warpnet/model/options.js';
import { convolve } from '../../../../experiments/warpnet/model/residual-unit.js';
import { normal, numbers, relativeDifference, useCpuBackend } from './fixtures.js';

beforeAll(useCpuBackend);

const map = (name: string): Tensor4D => normal<Rank.R4>(name, [2, 6, 6, 4]);
const kernel = (name: string): Tensor4D => normal<Rank.R4>(name, [3, 3, 4, 4]).mul(0.2);

/** `F'(x1) v` as the warp operator asks for it; `z` is the branch's pre-activation. */
function derive(
  reading: DerivativeReading,
  x1: Tensor4D,
  v: Tensor4D,
  kernelA: Tensor4D,
  kernelB: Tensor4D,
  z: Tensor4D,
): Tensor4D {
  let own: Tensor4D | undefined;
  return applyDerivative(plainOperations, reading, {
    x1,
    v,
    kernelA,
    kernelB,
    linearPreActivation: () => (own ??= convolve(x1, kernelA)),
    branchPreActivation: () => z,
  });
}

/** The residual unit without BN. */
const unit = (x: Tensor4D, a: Tensor4D, b: Tensor4D): Tensor4D => convolve(relu(convolve(x, a)), b);
const dot = (a: Tensor4D, b: Tensor4D): number => sum(mul(a, b)).dataSync()[0] ?? Number.NaN;

const a = () => kernel('a');
const b = () => kernel('b');

describe("R1 is the BN-less unit's Jacobian-vector product", () => {
  it('agrees with central differences where no ReLU changes side', () => {
    const [x, v, step] = [map('x'), map('v'), 1e-2];
    // Pre-activations within reach of the step are moved away from 0: the map x is scaled up until none is left.
    const far: Tensor4D = x.mul(200);
    const [ahead, behind] = [add<Tensor4D>(far, v.mul(step)), sub<Tensor4D>(far, v.mul(step))];
    const side = (point: Tensor4D) => numbers(greater(convolve(point, a()), 0).cast('float32'));
    const crossings = side(ahead).filter((value, index) => value !== side(behind)[index]).length;
    expect(crossings).toBe(0);

    const difference = sub<Tensor4D>(unit(ahead, a(), b()), unit(behind, a(), b())).div<Tensor4D>(2 * step);
    // Values of some 100 carry a rounding error of 1e-5 in float32, which the division by 2e-2 raises to 1e-3.
    expect(relativeDifference(numbers(derive('R1', far, v, a(), b(), far)), numbers(difference))).toBeLessThan(5e-3);
  });

  it('is linear in v', () => {
    const [x, v, w] = [map('x'), map('v'), map('w')];
    const of = (vector: Tensor4D) => derive('R1', x, vector, a(), b(), x);
    const combined = of(add<Tensor4D>(v.mul(2), w));
    // Rounding of sums of 36 products.
    expect(relativeDifference(numbers(combined), numbers(add(of(v).mul(2), of(w))))).toBeLessThan(1e-5);
  });
});

describe("WarpNet1's term", () => {
  it.each(['R1', 'R3'] as const)('%s of x1 is the BN-less unit, with its gradients', (reading) => {
    const [x, u] = [map('x'), map('u')];
    const differentiate = (f: (x: Tensor4D, a: Tensor4D, b: Tensor4D) => Tensor4D) => {
      const loss = (...values: Tensor[]) => {
        const [point, kernelA, kernelB] = values as [Tensor4D, Tensor4D, Tensor4D];
        return sum<Tensor>(mul(f(point, kernelA, kernelB), u));
      };
      const { value, grads } = valueAndGrads(loss)([x, a(), b()]);
      return [value, ...grads].map(numbers);
    };
    const ours = differentiate((point, kernelA, kernelB) => derive(reading, point, point, kernelA, kernelB, point));
    const unitItself = differentiate(unit);
    // The same convolutions in the same order: equal but for the sign of zero and fused products.
    for (const [index, expected] of unitItself.entries())
      expect(relativeDifference(ours[index] ?? new Float32Array(), expected)).toBeLessThan(1e-6);
  });
});

describe('the readings differ where the paper leaves it open', () => {
  it('for v = F1(x1) no two of them agree', () => {
    const [x, v, z] = [map('x'), map('v'), map('z')];
    const values = derivativeReadings.map((reading) => numbers(derive(reading, x, v, a(), b(), z)));
    for (const [index, value] of values.entries())
      for (const other of values.slice(index + 1)) expect(relativeDifference(value, other)).toBeGreaterThan(0.1);
  });

  it('R2 is R1 with the pattern of the branch', () => {
    const [x, v, z] = [map('x'), map('v'), map('z')];
    const expected = convolve(mul(convolve(v, a()), greater(z, 0).cast('float32')), b());
    expect(numbers(derive('R2', x, v, a(), b(), z))).toEqual(numbers(expected));
  });

  it('R4 is the adjoint of R1: <R1 v, u> = <v, R4 u>', () => {
    const [x, v, u] = [map('x'), map('v'), map('u')];
    const forward = dot(derive('R1', x, v, a(), b(), x), u);
    const backward = dot(v, derive('R4', x, u, a(), b(), x));
    // Sums of 288 products in float32.
    expect(Math.abs(forward - backward)).toBeLessThan(1e-4 * Math.abs(forward));
  });
});

describe('gradients', () => {
  const gradients = (reading: DerivativeReading) => {
    const inputs = [map('x'), map('v'), a(), b(), map('z')];
    const u = map('u');
    // Everything added once, so that tfjs has a gradient to give, of ones, where the term has none.
    const loss = (...values: Tensor[]): Tensor => {
      const [x1, v, kernelA, kernelB, z] = values as [Tensor4D, Tensor4D, Tensor4D, Tensor4D, Tensor4D];
      const term = sum(mul(derive(reading, x1, v, kernelA, kernelB, z), u));
      return values.reduce<Tensor>((total, value) => add(total, sum(value)), term);
    };
    const { grads } = valueAndGrads(loss)(inputs);
    const [x1, v, kernelA, kernelB, z] = grads.map((gradient) => numbers(gradient.sub(1)));
    return { x1, v, kernelA, kernelB, z };
  };
  const norm = (values: Float32Array | undefined): number => Math.hypot(...(values ?? []));

  it.each([
    ['R1', { x1: false, v: true, kernelA: true, kernelB: true, z: false }],
    ['R2', { x1: false, v: true, kernelA: true, kernelB: true, z: false }],
    ['R3', { x1: false, v: true, kernelA: true, kernelB: true, z: false }],
    ['R4', { x1: false, v: true, kernelA: true, kernelB: true, z: false }],
    ['released', { x1: false, v: false, kernelA: false, kernelB: true, z: false }],
    ['port', { x1: false, v: false, kernelA: false, kernelB: true, z: false }],
  ] as const)('%s: what learns from the term is %o; nothing through the pattern', (reading, learns) => {
    const found = gradients(reading);
    for (const [name, expected] of Object.entries(learns)) {
      const value = found[name as keyof typeof found];
      // Exactly nothing, or a gradient of the size of the numbers that go in.
      if (expected) expect(norm(value), name).toBeGreaterThan(1);
      else expect(norm(value), name).toBe(0);
    }
  });

  it('R1: Wa learns as if the pattern were a constant', () => {
    const [x, v, u] = [map('x'), map('v'), map('u')];
    const pattern = greater(convolve(x, a()), 0).cast('float32');
    const constant = grad((w: Tensor) => sum(mul(convolve(mul(convolve(v, w as Tensor4D), pattern), b()), u)));
    expect(relativeDifference(gradients('R1').kernelA ?? new Float32Array(), numbers(constant(a())))).toBeLessThan(
      1e-5,
    );
  });
});
