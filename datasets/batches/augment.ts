/**
 * Augmentation and whitening of one image, uint8 [side, side, 3] to float32 [side, side, 3], in the released code's order: pad,
 * crop, flip, then standardise what was cropped (released-code protocol; method.md A13).
 */
import type { ChannelStatistics } from '../sets/channel-statistics.js';

/** The fields of a protocol that decide what a training batch looks like. */
export interface Augmentation {
  readonly cropPadding: number;
  /** Offsets in each direction are drawn from 0 … cropOffsets - 1; cropPadding is the middle. */
  readonly cropOffsets: number;
  readonly paddingMode: 'zeros' | 'reflect';
  readonly flipProbability: number;
  readonly whitening: Whitening;
  readonly batches: 'epoch' | 'window';
}

/**
 * `per-image`: subtract the image's mean, divide by max(deviation, 1 / sqrt(its number of values)), pixels on the scale 0 … 255, as
 * `tf.image.per_image_standardization` does with raw pixels. `per-channel`: the training set's mean and deviation of each
 * channel. `mean-image`: scaled to 0 … 1, less the mean of the training images at the same pixel before padding and
 * cropping, so that padding is zero. `none`: scaled to 0 … 1.
 */
export type Whitening = 'per-image' | 'per-channel' | 'mean-image' | 'none';

/** Which of 0 … side - 1 a padded position stands for; -1: a zero. */
function sourceIndex(position: number, mode: 'zeros' | 'reflect', side: number): number {
  if (position >= 0 && position < side) return position;
  if (mode === 'zeros') return -1;
  return position < 0 ? -position : 2 * (side - 1) - position;
}

/**
 * Copies the window, of the image's own size, of the padded image at `from` of `source` to the start of `target`. Row and column offsets count
 * from the corner of the padded image, so both equal to `padding` is the image itself.
 */
export function cropAndFlip<Pixels extends Uint8Array | Float32Array>(
  source: Pixels,
  from: number,
  target: Pixels,
  crop: { row: number; column: number; padding: number; mode: 'zeros' | 'reflect'; flip: boolean; side: number },
): void {
  const { side } = crop;
  const width = side * 3;
  const rowShift = crop.row - crop.padding;
  const columnShift = crop.column - crop.padding;
  if (rowShift === 0 && columnShift === 0 && !crop.flip) {
    target.set(source.subarray(from, from + side * width));
    return;
  }
  for (let row = 0; row < side; row++) {
    const sourceRow = sourceIndex(row + rowShift, crop.mode, side);
    const start = row * width;
    if (sourceRow < 0) {
      target.fill(0, start, start + width);
      continue;
    }
    const sourceStart = from + sourceRow * width;
    for (let column = 0; column < side; column++) {
      const sourceColumn = sourceIndex(column + columnShift, crop.mode, side);
      const o = start + (crop.flip ? side - 1 - column : column) * 3;
      if (sourceColumn < 0) {
        target[o] = 0;
        target[o + 1] = 0;
        target[o + 2] = 0;
      } else {
        const i = sourceStart + sourceColumn * 3;
        target[o] = source[i] as number;
        target[o + 1] = source[i + 1] as number;
        target[o + 2] = source[i + 2] as number;
      }
    }
  }
}

/** Turns the pixels of one image at `from` of `source` into floats at `to` of `target`. */
export type Whitener = (source: Uint8Array, from: number, target: Float32Array, to: number) => void;

function perImage(imageSize: number): Whitener {
  const smallestDeviation = 1 / Math.sqrt(imageSize);
  // A byte has 256 values: their whitened values are computed once an image, not once a pixel.
  const value = new Float32Array(256);
  return (source, from, target, to) => {
    let sum = 0;
    let squares = 0;
    for (let i = from; i < from + imageSize; i++) {
      const pixel = source[i] as number;
      // Both stay below 2^31, for images of up to 96x96 pixels: integer arithmetic is exact, the same on every machine, and fast.
      sum = (sum + pixel) | 0;
      squares = (squares + Math.imul(pixel, pixel)) | 0;
    }
    const mean = sum / imageSize;
    const variance = Math.max(0, squares / imageSize - mean * mean);
    const deviation = Math.max(Math.sqrt(variance), smallestDeviation);
    for (let pixel = 0; pixel < 256; pixel++) value[pixel] = (pixel - mean) / deviation;
    for (let i = 0; i < imageSize; i++) target[to + i] = value[source[from + i] as number] as number;
  };
}

function perChannel({ mean, deviation }: ChannelStatistics, imageSize: number): Whitener {
  const values = mean.map((average, channel) =>
    Float32Array.from({ length: 256 }, (_, pixel) => {
      const spread = deviation[channel] ?? 0;
      return (pixel / 255 - average) / (spread > 0 ? spread : 1);
    }),
  );
  const [red, green, blue] = values as [Float32Array, Float32Array, Float32Array];
  return (source, from, target, to) => {
    for (let i = 0; i < imageSize; i += 3) {
      target[to + i] = red[source[from + i] as number] as number;
      target[to + i + 1] = green[source[from + i + 1] as number] as number;
      target[to + i + 2] = blue[source[from + i + 2] as number] as number;
    }
  };
}

/** For images of `side`x`side` pixels; `statistics` are of the training set, on the scale 0 … 1. */
export function whitener(whitening: Whitening, statistics: ChannelStatistics, side: number): Whitener {
  const imageSize = side * side * 3;
  switch (whitening) {
    case 'per-image':
      return perImage(imageSize);
    case 'per-channel':
      return perChannel(statistics, imageSize);
    case 'mean-image':
    case 'none':
      return perChannel({ mean: [0, 0, 0], deviation: [1, 1, 1] }, imageSize);
  }
}
