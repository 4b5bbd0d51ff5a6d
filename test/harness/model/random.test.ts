import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../harness/model/random.js';
import { philox } from '../../../harness/core/philox.js';

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, () => next());
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The known answers of the Random123 distribution. */
it.each([
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [Array<number>(4).fill(0xffffffff), Array<number>(2).fill(0xffffffff), '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
])('Philox 4x32-10 of counter %j and key %j is %s', (counter, key, words) => {
  const block = new Uint32Array(4);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  const [k0 = 0, k1 = 0] = key;
  philox(c0, c1, c2, c3, k0, k1, block);
  expect([...block].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(words);
});

describe('a stream', () => {
  it('is the same for the same seed and name, and another for any other', () => {
    const first = draw(8, randomStream(3, 'a').uniform);
    expect(draw(8, randomStream(3, 'a').uniform)).toEqual(first);
    expect(draw(8, randomStream(3, 'b').uniform)).not.toEqual(first);
    expect(draw(8, randomStream(4, 'a').uniform)).not.toEqual(first);
    // Seed and name are kept apart: 1 and "2 …" is not 12 and " …".
    expect(draw(8, randomStream(1, '2a').uniform)).not.toEqual(draw(8, randomStream(12, 'a').uniform));
  });

  // Tolerances: five standard errors of the estimate, so that a right generator fails once in two million seeds.
  it('is uniform in (0, 1)', () => {
    const values = draw(20_000, randomStream(0, 'uniform').uniform);
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / 20_000));
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / 20_000));
  });

  it('is normal, and its numbers do not depend on their neighbours', () => {
    const values = draw(20_000, randomStream(0, 'normal').normal);
    const moment = (power: number) => mean(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / 20_000));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / 20_000));
    const products = values.slice(1).map((value, index) => value * (values[index] ?? 0));
    expect(Math.abs(mean(products))).toBeLessThan(5 * Math.sqrt(1 / 20_000));
  });
});
