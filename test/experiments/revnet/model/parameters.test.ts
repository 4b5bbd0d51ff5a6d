import { describe, expect, it } from 'vitest';
import { networkOfDepth } from '../../../../experiments/revnet/model/specification.js';
import { parameterCount } from '../../../../harness/model/model.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { build, thin } from './networks.js';

/** Table 2, in millions as printed, with the exact counts behind them (10 classes) and the classifier's inputs. */
const rows = [
  ['resnet', 32, 464_154, '0.46', '0.47', 64],
  ['revnet', 38, 464_890, '0.46', '0.48', 112],
  ['resnet', 110, 1_727_962, '1.73', '1.73', 64],
  ['revnet', 110, 1_729_194, '1.73', '1.74', 128],
  ['resnet', 164, 1_703_258, '1.70', '1.73', 256],
  ['revnet', 164, 1_748_778, '1.75', '1.79', 512],
] as const;

describe('the networks have as many parameters as Table 2 prints', () => {
  it.each(rows)('%s-%i', (family, depth, count, printed10, printed100, features) => {
    const of = (classes: number) => parameterCount(build(networkOfDepth(family, depth, classes)));
    expect(of(10)).toBe(count);
    // Ninety more columns of the classifier, with their biases.
    expect(of(100)).toBe(count + 90 * (features + 1));
    expect([of(10), of(100)].map((value) => (value / 1e6).toFixed(2))).toEqual([printed10, printed100]);
  });
});

describe('initial weights', () => {
  const model = build(thin('bottleneck', 2, [64, 64, 64, 64]));
  const values = initialise(model, 1);
  const deviation = (name: string): number => {
    const drawn = values.get(name) ?? new Float32Array();
    return Math.sqrt(drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length);
  };

  it('of kernels have the variance 2 / (k k out) before they are cut at two deviations', () => {
    // A normal cut at two deviations has 0.8796 of the deviation; 9 x 32 x 32 and 32 x 128 draws tell it to 2 %.
    const cut = 0.8796;
    expect(deviation('stage1/unit2/F/convolution2') / Math.sqrt(2 / (9 * 32)) / cut).toBeCloseTo(1, 1);
    expect(deviation('stage1/unit2/G/convolution3') / Math.sqrt(2 / 128) / cut).toBeCloseTo(1, 1);
    const largest = Math.max(...(values.get('stage1/unit2/F/convolution2') ?? []).map(Math.abs));
    expect(largest).toBeLessThanOrEqual(2 * Math.sqrt(2 / (9 * 32)));
  });

  it('of the classifier are uniform within sqrt(3 / inputs)', () => {
    const drawn = [...(values.get('classifier/weights') ?? [])].map(Math.abs);
    const bound = Math.sqrt(3 / 256);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(bound);
    expect(Math.max(...drawn)).toBeGreaterThan(0.99 * bound);
  });

  it('are decayed but for normalisations and the bias', () => {
    const spared = model.parameters.flatMap(({ name, decayed }) => (decayed ? [] : [name]));
    expect(spared.every((name) => /\/(scale|offset|bias)$/.test(name))).toBe(true);
    expect(model.parameters.filter(({ decayed }) => decayed).every(({ shape }) => shape.length > 1)).toBe(true);
  });
});

it('only the very first branch begins with its convolution', () => {
  const names = build(thin('basic', 2)).parameters.map(({ name }) => name);
  const without = ['stage1/unit1', 'stage1/unit2', 'stage2/unit1', 'stage3/unit1'].filter(
    (unit) => !names.includes(`${unit}/F/norm1/scale`),
  );
  expect(without).toEqual(['stage1/unit1']);
  expect(names).toContain('stage1/unit1/G/norm1/scale');
});
