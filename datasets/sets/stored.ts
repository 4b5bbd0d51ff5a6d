/** Images as a data set's files have them, and how they become [side, side, 3]. */
import type { ImageSet } from '../dataset.js';

/** One image's layout: 28x28 grey rows, or three planes (red, green, blue) of rows. */
export type StoredShape = readonly [28, 28] | readonly [3, 32, 32] | readonly [3, 96, 96];

/** Images and labels of one part (training or validation), in memory. */
export interface StoredImages {
  readonly count: number;
  readonly shape: StoredShape;
  /** [count, ...shape], uint8. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
}

/** Bytes of one image of 32x32 pixels. */
export const imageSize = 32 * 32 * 3;

/** Height and width of the images that `expandImage` makes. */
export const sideOf = (shape: StoredShape): number => (shape.length === 2 ? 32 : shape[1]);

export const storedSize = (shape: StoredShape): number =>
  shape.reduce((product: number, length) => product * length, 1);

/**
 * Writes the stored image at `from` of `source` as [side, side, 3] at `to` of `target`: planes are interleaved; grey images get
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
    const plane = shape[1] * shape[2];
    for (let i = 0, o = to; i < plane; i++, o += 3) {
      target[o] = source[from + i] as number;
      target[o + 1] = source[from + plane + i] as number;
      target[o + 2] = source[from + 2 * plane + i] as number;
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
  const side = sideOf(stored.shape);
  return {
    count: stored.count,
    side,
    read(indices, pixels, labels) {
      for (let n = 0; n < indices.length; n++) {
        const index = indices[n] as number;
        if (!(index >= 0 && index < stored.count)) throw new RangeError(`no image ${index} of ${stored.count}`);
        expandImage(stored.shape, stored.pixels, index * size, pixels, n * side * side * 3);
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

/** Parts of one set, one after the other; all of the first one's shape. */
export function joinImages(parts: readonly StoredImages[]): StoredImages {
  const [first] = parts;
  if (first === undefined) throw new Error('Internal error: a set without parts');
  if (parts.length === 1) return first;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Uint8Array(count * storedSize(first.shape));
  const labels = new Int32Array(count);
  let at = 0;
  for (const part of parts) {
    pixels.set(part.pixels, at * storedSize(first.shape));
    labels.set(part.labels, at);
    at += part.count;
  }
  return { count, shape: first.shape, pixels, labels };
}
