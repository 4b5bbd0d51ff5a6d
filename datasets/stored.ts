/** Images as a data set's files have them, and how they become [32, 32, 3]. */
import type { ImageSet } from './dataset.js';

/** One image's layout in the file: 28x28 grey rows, or three 32x32 planes (red, green, blue). */
export type StoredShape = readonly [28, 28] | readonly [3, 32, 32];

/** Images and labels of one part (training or validation), in memory. */
export interface StoredImages {
  readonly count: number;
  readonly shape: StoredShape;
  /** [count, ...shape], uint8. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
}

/** Pixels of one image: side 32, three channels. */
export const imageSize = 32 * 32 * 3;

export const storedSize = (shape: StoredShape): number => (shape.length === 2 ? 28 * 28 : imageSize);

/**
 * Writes the stored image at `from` of `source` as [32, 32, 3] at `to` of `target`: planes are interleaved; grey images get
 * a border of 2 zeros and three equal channels.
 */
export function expandImage(
  shape: StoredShape,
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
): void {
  if (shape.length === 3) {
    for (let i = 0, o = to; i < 1024; i++, o += 3) {
      target[o] = source[from + i] as number;
      target[o + 1] = source[from + 1024 + i] as number;
      target[o + 2] = source[from + 2048 + i] as number;
    }
    return;
  }
  target.fill(0, to, to + imageSize);
  for (let row = 0; row < 28; row++) {
    let i = from + row * 28;
    for (let o = to + ((row + 2) * 32 + 2) * 3, end = o + 84; o < end; o += 3, i++) {
      const grey = source[i] as number;
      target[o] = grey;
      target[o + 1] = grey;
      target[o + 2] = grey;
    }
  }
}

/** An image set that stays in memory as it was stored. */
export function memorySet(stored: StoredImages): ImageSet {
  const size = storedSize(stored.shape);
  return {
    count: stored.count,
    read(indices, pixels, labels) {
      for (let n = 0; n < indices.length; n++) {
        const index = indices[n] as number;
        if (!(index >= 0 && index < stored.count)) throw new RangeError(`no image ${index} of ${stored.count}`);
        expandImage(stored.shape, stored.pixels, index * size, pixels, n * imageSize);
        labels[n] = stored.labels[index] as number;
      }
    },
  };
}

/** The first `count` images. */
export function firstImages(stored: StoredImages, count: number): StoredImages {
  if (count === stored.count) return stored;
  return {
    count,
    shape: stored.shape,
    pixels: stored.pixels.subarray(0, count * storedSize(stored.shape)),
    labels: stored.labels.subarray(0, count),
  };
}
