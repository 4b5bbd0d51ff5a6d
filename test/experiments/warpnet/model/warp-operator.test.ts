import { mul, tensor, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { ForwardPass, type Shards } from '../../../../harness/model/forward-pass.js';
import { placement } from '../../../../harness/model/placement.js';
import { defaultLayout, parseLayout, readLayout, type Layout } from '../../../../experiments/warpnet/layouts/layout.js';
import { convolve } from '../../../../experiments/warpnet/model/residual-unit.js';
import { warpLayer, type LayerUnits } from '../../../../experiments/warpnet/model/warp-operator.js';
import { normal, numbers, paperOptions, relativeDifference, useCpuBackend, warpnet } from './fixtures.js';

beforeAll(useCpuBackend);

const pass = () =>
  new ForwardPass({ placement: placement(5, 1), parameters: [], state: [] }, paperOptions, 'train', {
    operations: plainOperations,
    weight: () => tensor(0),
    state: () => {
      throw new Error('Nobody asks');
    },
    assignState: () => undefined,
  });

const input = (): Tensor4D => normal<Rank.R4>('x', [2, 5, 5, 3]);
const each = (shards: Shards, f: (x: Tensor4D) => Tensor4D): Shards => shards.map((part) => f(part));

/** Units without ReLU and BN, `F_j(x) = A_j x`: the derivative is `A_j` everywhere. */
const matrix = (unit: number) => (x: Tensor4D) => convolve(x, mul(normal<Rank.R4>(`A${unit}`, [3, 3, 3, 3]), 0.2));
const linearUnits: LayerUnits = {
  branch: (unit, _bracket, x) => ({ output: each(x, matrix(unit)), preActivation: x }),
  derivative: (unit, _bracket, _x1, v) => each(v, matrix(unit)),
};
const applyLayer = (layout: Layout, units: LayerUnits = linearUnits): Float32Array => {
  const [output] = warpLayer(pass(), layout, units, [input()]);
  if (!output) throw new Error('No output');
  return numbers(output);
};
const chain = (K: number): Tensor4D =>
  Array.from({ length: K }, (_, index) => matrix(index + 1)).reduce((x, unit) => x.add(unit(x)), input());

describe('linear units', () => {
  // Different orders of the same float32 sums.
  const tolerance = 1e-6;

  it("x1 + F1 + F2 + F2'F1 is the chain of two units", () => {
    const layout = readLayout("[F1] [F2] [F2'F1]", warpnet(2, 2), 'once');
    expect(relativeDifference(applyLayer(layout), numbers(chain(2)))).toBeLessThan(tolerance);
  });

  it("for three units all that is left out is F3'F2'F1", () => {
    const layout = readLayout("[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", warpnet(2, 3), 'once');
    const triple = matrix(3)(matrix(2)(matrix(1)(input())));
    expect(relativeDifference(applyLayer(layout), numbers(chain(3).sub(triple)))).toBeLessThan(tolerance);
    expect(relativeDifference(applyLayer(layout), numbers(chain(3)))).toBeGreaterThan(1e-3);
  });

  it("WarpNet1 is x1 + F1 + F2 + F3 + F2'x1 + c F3'x1", () => {
    const x = input();
    const [f1, f2, f3] = [matrix(1)(x), matrix(2)(x), matrix(3)(x)];
    for (const [derivativeTerms, c] of [
      ['once', 1],
      ['per-pair', 2],
    ] as const) {
      const layout = readLayout("[F1] [F2] [F3] [F2'x1, F3'x1]", warpnet(1, 3), derivativeTerms);
      const expected = x.add(f1).add(f2).add(f3).add(f2).add(f3.mul(c));
      expect(relativeDifference(applyLayer(layout), numbers(expected))).toBeLessThan(tolerance);
    }
  });

  it.each([1, 2, 3, 4, 5])('K = 4 on %i devices has every product of two', (devices) => {
    const x = input();
    let expected = x;
    for (let j = 1; j <= 4; j += 1) {
      expected = expected.add(matrix(j)(x));
      for (let i = 1; i < j; i += 1) expected = expected.add(matrix(j)(matrix(i)(x)));
    }
    const found = applyLayer(defaultLayout(warpnet(2, 4), devices));
    expect(relativeDifference(found, numbers(expected))).toBeLessThan(tolerance);
  });
});

describe('where things are computed', () => {
  /** Each bracket's calls, as `F1` and `F2'`. */
  function calls(text: string): string[][] {
    const layout = parseLayout(text);
    const byBracket: string[][] = [[], [], []];
    applyLayer(layout, {
      branch: (unit, bracket, x) => {
        byBracket[bracket]?.push(`F${unit}`);
        return linearUnits.branch(unit, bracket, x);
      },
      derivative: (unit, bracket, x1, v, preActivation) => {
        byBracket[bracket]?.push(`F${unit}'`);
        return linearUnits.derivative(unit, bracket, x1, v, preActivation);
      },
    });
    return byBracket;
  }

  it.each([
    ["[F1] [F2] [F2'F1]", [['F1'], ['F2'], ["F2'"]]],
    ["[F1] [F2] [F2'F1] recompute", [['F1'], ['F2'], ['F1', "F2'"]]],
    ["[F1] [F2, F2'F1] recompute", [['F1'], ['F2', 'F1', "F2'"], []]],
    ["[F2, F2'F1] [F1]", [['F2', "F2'"], ['F1'], []]],
    ["[F1, F3'F1, F3'F2, F2'F1] [F2, F3] recompute", [['F1', "F3'", 'F2', "F3'", "F2'"], ['F2', 'F3'], []]],
  ])('%s', (layout, expected) => expect(calls(layout)).toEqual(expected));
});
