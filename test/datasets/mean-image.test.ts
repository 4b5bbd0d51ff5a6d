/** The mean image, and batches that it is taken from. */
import { expect, it } from 'vitest';
import type { Augmentation } from '../../datasets/batches/augment.js';
import { evaluationBatches, trainingBatches } from '../../datasets/batches/batches.js';
import type { ImageSet } from '../../datasets/dataset.js';
import { meanImageOf } from '../../datasets/sets/mean-image.js';

const side = 4;
const size = side * side * 3;
/** Pixels of image `index`: every place has its own mean over a set. */
const pixelsOf = (index: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => (7 * index + 5 * at) % 200);

const setOf = (count: number): ImageSet => ({
  count,
  side,
  read: (indices, pixels, labels) => {
    indices.forEach((index, n) => {
      labels[n] = index;
      pixels.set(pixelsOf(index), n * size);
    });
  },
});

const set = setOf(1203);
const expected = Array.from({ length: size }, (_, at) => {
  let sum = 0;
  for (let index = 0; index < set.count; index++) sum += pixelsOf(index)[at] ?? NaN;
  return sum / set.count / 255;
});
const dataset = async () => ({
  channelMean: [0, 0, 0] as const,
  channelDeviation: [1, 1, 1] as const,
  meanImage: await meanImageOf(set),
});

const augmentation: Augmentation = {
  cropPadding: 2,
  cropOffsets: 5,
  paddingMode: 'zeros',
  flipProbability: 0.5,
  whitening: 'mean-image',
  batches: 'epoch',
};

it('is the mean at each pixel and channel, also over several reads', async () => {
  const mean = await meanImageOf(set);
  // Rounded once to float32.
  for (const [at, value] of expected.entries()) expect(Math.abs((mean[at] ?? NaN) - value)).toBeLessThan(1e-7);
});

it('is taken from validation images', async () => {
  for await (const { images, labels } of evaluationBatches({
    set: setOf(3),
    dataset: await dataset(),
    batch: 3,
    whitening: 'mean-image',
  }))
    for (const [n, index] of labels.entries())
      for (let at = 0; at < size; at++)
        expect(images[n * size + at]).toBeCloseTo((pixelsOf(index)[at] ?? NaN) / 255 - (expected[at] ?? NaN), 6);
});

it('is taken from training images before they are padded, cut and mirrored: padding is zero', async () => {
  const batch = 40;
  const { images, labels } = await trainingBatches({
    ...{ set, dataset: await dataset(), batch, seed: 3, augmentation },
  }).next(0);
  let [padded, moved] = [0, 0];
  for (const [n, index] of labels.entries()) {
    const less = [...pixelsOf(index)].map((pixel, at) => pixel / 255 - (expected[at] ?? NaN));
    for (let at = 0; at < size; at++) {
      const value = images[n * size + at] ?? NaN;
      const channel = at % 3;
      // Each value is padding, or that of the same channel somewhere in the image less its own mean.
      const near = less.some((own, place) => place % 3 === channel && Math.abs(own - value) < 1e-6);
      expect(value === 0 || near, `image ${n}, value ${at}`).toBe(true);
      if (value === 0) padded += 1;
      else if (Math.abs(value - (less[at] ?? NaN)) > 1e-6) moved += 1;
    }
  }
  expect(padded).toBeGreaterThan(0);
  expect(moved).toBeGreaterThan(0);
});
