import { describe, expect, it } from 'vitest';
import { cropAndFlip, whitener } from '../../datasets/batches/augment.js';

/** An image in which every place has its own value in each channel. */
const image = Uint8Array.from(
  { length: 3072 },
  (_, i) => (Math.floor(i / 96) * 8 + (Math.floor(i / 3) % 32) * 3 + (i % 3)) % 256,
);
const at = (pixels: ArrayLike<number>, row: number, column: number): number[] =>
  [0, 1, 2].map((channel) => pixels[(row * 32 + column) * 3 + channel] ?? Number.NaN);

function crop(row: number, column: number, padding: number, mode: 'zeros' | 'reflect', flip: boolean): Uint8Array {
  const target = new Uint8Array(3072).fill(99);
  cropAndFlip(image, 0, target, { row, column, padding, mode, flip, side: 32 });
  return target;
}

describe('cropAndFlip', () => {
  it('gives the image itself where the offsets equal the padding', () => {
    expect(crop(2, 2, 2, 'zeros', false)).toEqual(image);
    expect(crop(0, 0, 0, 'zeros', false)).toEqual(image);
  });

  it('shifts the image and fills with zeros', () => {
    const shifted = crop(0, 3, 2, 'zeros', false);
    // Row 0 of the padded image is two rows of zeros above the image; column 3 is one to the right of its first.
    expect(at(shifted, 0, 10)).toEqual([0, 0, 0]);
    expect(at(shifted, 1, 10)).toEqual([0, 0, 0]);
    expect(at(shifted, 2, 0)).toEqual(at(image, 0, 1));
    expect(at(shifted, 31, 30)).toEqual(at(image, 29, 31));
    expect(at(shifted, 31, 31)).toEqual([0, 0, 0]);
  });

  it('mirrors at the border without repeating it', () => {
    const shifted = crop(0, 8, 4, 'reflect', false);
    expect(at(shifted, 0, 0)).toEqual(at(image, 4, 4));
    expect(at(shifted, 3, 0)).toEqual(at(image, 1, 4));
    expect(at(shifted, 4, 0)).toEqual(at(image, 0, 4));
    expect(at(shifted, 10, 28)).toEqual(at(image, 6, 30));
    expect(at(shifted, 10, 31)).toEqual(at(image, 6, 27));
  });

  it('flips left and right, not up and down, and keeps the channels', () => {
    const flipped = crop(2, 2, 2, 'zeros', true);
    expect(at(flipped, 5, 0)).toEqual(at(image, 5, 31));
    expect(at(flipped, 5, 31)).toEqual(at(image, 5, 0));
  });

  it('crops first and flips the crop', () => {
    const both = crop(2, 3, 2, 'zeros', true);
    expect(at(both, 7, 0)).toEqual([0, 0, 0]);
    expect(at(both, 7, 1)).toEqual(at(image, 7, 31));
  });
});

const statistics = { mean: [0.2, 0.5, 0.7], deviation: [0.1, 0.2, 0.25] } as const;

function whiten(kind: 'per-image' | 'per-channel' | 'none', source: Uint8Array): Float32Array {
  const target = new Float32Array(3072 + 5);
  whitener(kind, statistics, 32)(source, 0, target, 5);
  return target.subarray(5);
}

describe('whitener', () => {
  it('per-image gives mean 0 and deviation 1 over the whole image', () => {
    const white = whiten('per-image', image);
    const mean = white.reduce((sum, value) => sum + value, 0) / 3072;
    const variance = white.reduce((sum, value) => sum + value * value, 0) / 3072 - mean * mean;
    // Float32 rounding of 3072 values of order 1.
    expect(mean).toBeCloseTo(0, 6);
    expect(variance).toBeCloseTo(1, 6);
  });

  it('per-image divides by no less than 1 / sqrt(3072), on the scale 0 to 255', () => {
    expect([...whiten('per-image', new Uint8Array(3072).fill(77))].every((value) => value === 0)).toBe(true);
    // One pixel of 3072 off by one: deviation sqrt(3071) / 3072 = 0.018039, a little below 1 / sqrt(3072) = 0.018042.
    const nearly = new Uint8Array(3072).fill(77);
    nearly[0] = 78;
    expect(whiten('per-image', nearly)[0]).toBeCloseTo((1 - 1 / 3072) * Math.sqrt(3072), 4);
  });

  it('per-channel uses the training set’s figures, and none scales to 0 … 1', () => {
    const white = whiten('per-channel', image);
    for (const o of [0, 1, 2, 3000, 3001, 3002])
      expect(white[o]).toBeCloseTo(
        ((image[o] ?? 0) / 255 - (statistics.mean[o % 3] ?? 0)) / (statistics.deviation[o % 3] ?? 1),
        5,
      );
    const plain = whiten('none', image);
    expect(Math.max(...plain)).toBe(Math.fround(Math.max(...image) / 255));
    expect(plain[7]).toBe(Math.fround((image[7] ?? 0) / 255));
  });
});
