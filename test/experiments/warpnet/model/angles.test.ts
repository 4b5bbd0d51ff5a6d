import { beforeAll, describe, expect, it } from 'vitest';
import { angle } from '../../../../experiments/warpnet/model/expansion/angle.js';
import { exactNetwork } from '../../../../experiments/warpnet/model/expansion/exact-network.js';
import { drawPaths } from '../../../../experiments/warpnet/model/expansion/paths.js';
import { defaultLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { buildModel } from '../../../../experiments/warpnet/model/network.js';
import type { Model } from '../../../../harness/model/model.js';
import { lossOf, paperOptions, useCpuBackend, weightsOf, wrn } from './fixtures.js';

beforeAll(useCpuBackend);

const network = (unitsPerStage: number, options = paperOptions): Model =>
  buildModel(wrn(unitsPerStage), options, defaultLayout(wrn(unitsPerStage), 1));

describe('the network of Theorem 1', () => {
  it('of layers of one unit is the WRN', () => {
    const exact = exactNetwork(wrn(1), paperOptions, 1);
    const own = network(1);
    expect(lossOf(exact, weightsOf(exact))).toBeCloseTo(lossOf(own, weightsOf(own)), 5);
  });

  it('of layers of two is another function', () => {
    const exact = exactNetwork(wrn(2), paperOptions, 2);
    const own = network(2);
    expect(Math.abs(lossOf(exact, weightsOf(exact)) - lossOf(own, weightsOf(own)))).toBeGreaterThan(1e-4);
  });
});

describe('angles', () => {
  it('are 0 for one vector, 90 for perpendicular ones, 180 for opposite ones', () => {
    const v = [Float32Array.of(0.1, -0.3), Float32Array.of(0.7)];
    expect(angle(v, v)).toBe(0);
    expect(
      angle(
        v,
        v.map((part) => part.map((x) => 2 * x)),
      ),
    ).toBeCloseTo(0, 5);
    expect(angle([Float32Array.of(1, 0)], [Float32Array.of(0, 3)])).toBeCloseTo(90, 9);
    expect(
      angle(
        v,
        v.map((part) => part.map((x) => -x)),
      ),
    ).toBeCloseTo(180, 5);
  });

  it('have no value for a gradient of 0', () =>
    expect(angle([Float32Array.of(0, 0)], [Float32Array.of(1, 0)])).toBeNaN());
});

describe('paths', () => {
  it('are different ones of every length, the same for the same seed', () => {
    const paths = drawPaths(9, 4, 1);
    for (let length = 0; length <= 9; length += 1) {
      const own = paths.filter((path) => path.length === length);
      expect(own).toHaveLength(length === 0 || length === 9 ? 1 : 4);
      expect(new Set(own.map(({ branches }) => [...branches].join())).size).toBe(own.length);
      for (const { branches } of own) {
        expect(branches.size).toBe(length);
        expect(Math.max(-1, ...branches)).toBeLessThan(9);
      }
    }
    expect(drawPaths(9, 4, 1)).toEqual(paths);
    expect(drawPaths(9, 4, 2)).not.toEqual(paths);
  });

  it('are all there are where fewer are there than asked for', () =>
    expect(drawPaths(2, 4, 1).map(({ length }) => length)).toEqual([0, 1, 1, 2]));
});
