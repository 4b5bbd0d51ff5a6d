import { describe, expect, it } from 'vitest';
import { below, permutation, random } from '../../datasets/batches/random.js';
import { philox } from '../../harness/core/philox.js';

describe('philox', () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published block for counter %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
    philox(c0, c1, c2, c3, key[0] ?? 0, key[1] ?? 0, out);
    expect([...out]).toEqual(expected);
  });

  it('tells apart positions, blocks, streams and seeds', () => {
    const first = (seed: number, stream: number, position: number, block: number): number[] => [
      ...random(seed, stream).words(position, block),
    ];
    const all = [
      first(1, 1, 0, 0),
      first(2, 1, 0, 0),
      first(1 + 2 ** 32, 1, 0, 0),
      first(1, 2, 0, 0),
      first(1, 1, 1, 0),
      first(1, 1, 2 ** 32, 0),
      first(1, 1, 0, 1),
    ];
    expect(new Set(all.map(String)).size).toBe(all.length);
  });
});

describe('below', () => {
  it('stays inside the bound at both ends of the word', () => {
    expect(below(5, 0)).toBe(0);
    expect(below(5, 0xffffffff)).toBe(4);
  });
});

describe('permutation', () => {
  it('holds every index once and differs by seed and by position', () => {
    const order = permutation(1000, 7, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(1000, 7, 0)).toEqual(order);
    expect(permutation(1000, 7, 1)).not.toEqual(order);
    expect(permutation(1000, 8, 0)).not.toEqual(order);
  });

  it('puts every value in every place equally often', () => {
    const seen = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
    for (let trial = 0; trial < 5000; trial++)
      permutation(5, 3, trial).forEach((value, place) => {
        const row = seen[place] ?? [];
        row[value] = (row[value] ?? 0) + 1;
      });
    // 1000 expected, standard deviation 28: 130 is beyond four and a half of them.
    for (const count of seen.flat()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
