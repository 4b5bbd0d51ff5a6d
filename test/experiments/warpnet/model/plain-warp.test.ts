import { mul, tensor, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainWarpLayer } from '../../../../experiments/warpnet/model/plain-warp.js';
import { convolve } from '../../../../experiments/warpnet/model/residual-unit.js';
import type { NetworkSpecification } from '../../../../experiments/warpnet/model/specification.js';
import type { LayerUnits } from '../../../../experiments/warpnet/model/warp-operator.js';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { Problem } from '../../../../harness/core/problem.js';
import { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { parameterCount } from '../../../../harness/model/model.js';
import { placement } from '../../../../harness/model/placement.js';
import { warpnet as paper } from '../../../../experiments/warpnet/index.js';
import {
  build,
  differentiate,
  largestDifference,
  normal,
  numbers,
  paperOptions,
  relativeDifference,
  useCpuBackend,
  wrn,
} from './fixtures.js';

beforeAll(useCpuBackend);

const pass = () =>
  new ForwardPass({ placement: placement(1, 1), parameters: [], state: [] }, paperOptions, 'train', {
    operations: plainOperations,
    weight: () => tensor(0),
    state: () => tensor(0),
    assignState: () => undefined,
  });
const plain = (unitsPerStage: number): NetworkSpecification => ({ family: 'plain', unitsPerStage, kw: 1, classes: 10 });
const plainWarp: NetworkSpecification = { family: 'plain-warp', K: 2, Nwarp: 1, kw: 1, classes: 10 };

describe('the operator of two units without skips', () => {
  const x = (): Tensor4D => normal<Rank.R4>('x', [2, 5, 5, 3]);

  it('is what they compute where they are linear', () => {
    const matrix = (unit: number) => (value: Tensor4D) =>
      convolve(value, mul(normal<Rank.R4>(`A${unit}`, [3, 3, 3, 3]), 0.2));
    const units: LayerUnits = {
      branch: (unit, _bracket, value) => ({ output: value.map(matrix(unit)), preActivation: value }),
      derivative: (unit, _bracket, _x1, v) => v.map(matrix(unit)),
    };
    const [found] = plainWarpLayer(pass(), units, [x()]);
    const chain = matrix(2)(matrix(1)(x()));
    // The same float32 sums in another order.
    expect(relativeDifference(found && numbers(found), numbers(chain))).toBeLessThan(1e-6);
  });

  it('is of first order around the input: of a square, what its tangent there gives', () => {
    const units: LayerUnits = {
      branch: (unit, _bracket, value) => ({
        output: value.map((part) => (unit === 1 ? part.add<Tensor4D>(1) : part.square<Tensor4D>())),
        preActivation: value,
      }),
      derivative: (_unit, _bracket, x1, v) =>
        v.map((part, index) => part.mul<Tensor4D>(2).mul<Tensor4D>(x1[index] ?? part)),
    };
    const [found] = plainWarpLayer(pass(), units, [x()]);
    // F1(x) - x = 1, so x^2 + 2 x.
    expect(relativeDifference(found && numbers(found), numbers(x().square().add(x().mul(2))))).toBeLessThan(1e-6);
  });
});

describe('networks without skips', () => {
  it('have the weights of the WRN of their size', () => {
    const count = parameterCount(build(wrn(2), '[F1, F2]'));
    expect(parameterCount(build(plain(2), '[F1, F2]'))).toBe(count);
    expect(parameterCount(build(plainWarp, "[F1, F2, F2'(F1-x1)]"))).toBe(count);
  });

  it('compute something else than a WRN, and the expansion something else than the chain', () => {
    const losses = [
      build(wrn(2), '[F1, F2]'),
      build(plain(2), '[F1, F2]'),
      build(plainWarp, "[F1, F2, F2'(F1-x1)]"),
    ].map((model) => differentiate(model, 2, 4).loss);
    expect(new Set(losses.map((loss) => loss.toFixed(4))).size).toBe(3);
  });

  it('share the batch, and a chain of them is a pipeline as a WRN is', () => {
    const alone = differentiate(build(plain(2), '[F1, F2]'), 2, 4);
    const pipelined = differentiate(build(plain(2), 'pipeline M=1: [stage1, stage2:1] [stage2:2, stage3]'), 2, 4);
    expect(largestDifference(pipelined.gradients, alone.gradients)).toBe(0);
  });

  it.each([
    ["[F1] [F2, F2'(F1-x1)]", /needs F1 where it is computed/],
    ["[F1, F2, F2'F1]", /not a term of this network/],
    ['pipeline M=2 S=2', /no chain of units/],
  ])('%s is no layout of the expansion', (layout, message) => expect(() => build(plainWarp, layout)).toThrow(message));

  it('the expansion is of two units only', () => {
    const system = paper.systems.find(({ name }) => name === 'plain-warp');
    expect(system?.network({ K: 2, Nwarp: 3, kw: 1 }, 10).title).toBe('PlainWarp-37-1 (K = 2)');
    expect(() => system?.network({ K: 3, Nwarp: 2, kw: 1 }, 10)).toThrow(Problem);
  });
});
