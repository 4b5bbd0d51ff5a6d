import { describe, expect, it } from 'vitest';
import { initialise } from '../../../harness/network/initialisation.js';
import { readLayout } from '../../../harness/network/layout.js';
import { parameterCount, parametersOf, statisticsOf } from '../../../harness/network/parameters.js';
import type { Network } from '../../../harness/network/network.js';
import type { NetworkSpecification } from '../../../harness/network/specification.js';
import { build, warpnet, wrn } from './fixtures.js';

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const inOrder = (network: NetworkSpecification, text: string) =>
  parametersOf(network, readLayout(text, network, 'once'));

describe('parameter counts of Table 4 (1000 classes)', () => {
  it.each([
    ['73-2', 12, 2, 4_790_712],
    ['109-2', 18, 2, 7_121_208],
    ['73-4', 12, 4, 18_869_688],
  ])('%s', (_, unitsPerStage, kw, count) => {
    const baseline: NetworkSpecification = { family: 'wrn', unitsPerStage, kw, classes: 1000 };
    const networks: [NetworkSpecification, string][] = [
      [baseline, '[F1, F2]'],
      [{ family: 'warpnet1', K: 2, Nwarp: unitsPerStage / 2, kw, classes: 1000 }, "[F1] [F2, F2'x1]"],
      [{ family: 'warpnet2', K: 3, Nwarp: unitsPerStage / 3, kw, classes: 1000 }, "[F1, F2] [F3, F2'F1, F3'F1, F3'F2]"],
    ];
    for (const [network, layout] of networks) {
      expect(parameterCount(network)).toBe(count);
      const listed = inOrder(network, layout).map((parameter) => size(parameter.shape));
      expect(listed.reduce((a, b) => a + b)).toBe(count);
    }
  });
});

describe('where weights are', () => {
  it('names do not depend on family or layout', () => {
    const names = inOrder(wrn(2), '[F1, F2]').map((parameter) => parameter.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('stage3/unit2/convolutionB');
    expect(inOrder(warpnet(1, 2), "[F2, F2'x1] [F1]").map((parameter) => parameter.name)).toEqual(names);
  });

  it('a unit is held where its branch is computed, everything else at home', () => {
    const network = { ...warpnet(1, 2), Nwarp: 2 } as NetworkSpecification;
    const parameters = inOrder(network, "[F1] [F2'x1] [F2]");
    const deviceOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.device;
    expect(deviceOf('stem/convolution')).toBe(0);
    expect(deviceOf('classifier/weights')).toBe(0);
    expect(deviceOf('stage1/unit1/convolutionA')).toBe(0);
    expect(deviceOf('stage1/unit2/convolutionA')).toBe(2);
    expect(deviceOf('stage2/unit3/normB/scale')).toBe(0);
    expect(deviceOf('stage2/unit4/normB/scale')).toBe(2);
    const statistics = statisticsOf(parameters);
    expect(statistics.find(({ name }) => name === 'stage2/unit4/normB/variance')).toMatchObject({
      device: 2,
      channels: 32,
    });
  });

  it('data parallelism has a copy on each device, and running averages on the first', () => {
    const network = build(wrn(1), '3 x [F1]', { batchNormEvaluation: 'running' });
    const kernels = network.parameters.filter(({ baseName }) => baseName === 'stage1/unit1/convolutionA');
    expect(kernels.map(({ name, device }) => [name, device])).toEqual([
      ['stage1/unit1/convolutionA', 0],
      ['replica1/stage1/unit1/convolutionA', 1],
      ['replica2/stage1/unit1/convolutionA', 2],
    ]);
    // Stem, head and three in each of three units: 11 normalisations, each with a mean and a variance.
    expect(network.statistics).toHaveLength(22);
    expect(network.statistics.every(({ device }) => device === 0)).toBe(true);
  });
});

describe('initial weights', () => {
  const moments = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length };
  };
  const kernel = 'stage3/unit2/convolutionA';
  const fanIn = 9 * 64;

  // 36,864 weights: the variance is known to 0.75 %, and five of those are allowed.
  it.each(['he', 'released'] as const)('%s: kernels have mean 0 and variance 2 / fan-in', (kind) => {
    const value = initialise(build(wrn(2), '[F1, F2]'), kind, 0).get(kernel) ?? new Float32Array();
    expect(value).toHaveLength(fanIn * 64);
    const { mean, variance } = moments(value);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(2 / fanIn / value.length));
    expect(Math.abs(variance / (2 / fanIn) - 1)).toBeLessThan(0.0375);
    // Cut at two deviations of a normal of variance 2.6 / fan-in; of so many normal numbers some are beyond three.
    const extreme = Math.max(...value.map(Math.abs));
    if (kind === 'released') expect(extreme).toBeLessThan(2 * Math.sqrt(2.6 / fanIn));
    else expect(extreme).toBeGreaterThan(3 * Math.sqrt(2 / fanIn));
  });

  it('released: the classifier is uniform in +-sqrt(3 / fan-in)', () => {
    const value = initialise(build(wrn(1), '[F1]'), 'released', 0).get('classifier/weights') ?? new Float32Array();
    const bound = Math.sqrt(3 / 64);
    expect(Math.max(...value.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...value.map(Math.abs))).toBeGreaterThan(0.98 * bound);
    // 640 weights: the variance bound^2 / 3 is known to 3.5 %.
    expect(Math.abs(moments(value).variance / (1 / 64) - 1)).toBeLessThan(0.18);
  });

  it('scales are 1; offsets and biases 0', () => {
    const values = initialise(build(wrn(1), '[F1]'), 'he', 0);
    expect(new Set(values.get('stem/norm/scale'))).toEqual(new Set([1]));
    expect(new Set(values.get('stem/norm/offset'))).toEqual(new Set([0]));
    expect(new Set(values.get('classifier/bias'))).toEqual(new Set([0]));
  });

  it('depend on the seed and the name, not on layout, family or replica', () => {
    // As strings of bytes: comparing 300,000 numbers one by one takes seconds.
    const drawn = (network: Network, seed: number) => {
      const values = initialise(network, 'he', seed);
      return (name: string) => Buffer.from((values.get(name) ?? new Float32Array()).buffer).toString('latin1');
    };
    const names = ['stem/convolution', kernel, 'classifier/weights'];
    const chain = drawn(build(wrn(2), '[F1, F2]'), 5);
    const warped = drawn(build(warpnet(2, 2), "[F2] [F1] [F2'F1]"), 5);
    const copied = drawn(build(wrn(2), '2 x [F1, F2]'), 5);
    const reseeded = drawn(build(wrn(2), '[F1, F2]'), 6);
    for (const name of names) {
      expect(chain(name).length).toBeGreaterThan(0);
      expect(warped(name) === chain(name)).toBe(true);
      expect(copied(name) === chain(name)).toBe(true);
      expect(copied(`replica1/${name}`) === chain(name)).toBe(true);
      expect(reseeded(name) === chain(name)).toBe(false);
    }
    expect(chain('stage3/unit1/convolutionA') === chain(kernel)).toBe(false);
  });
});
