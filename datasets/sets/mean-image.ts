/** The mean of a set's images, pixel by pixel and channel by channel. */
import type { Whitening } from '../batches/augment.js';
import type { Dataset, ImageSet } from '../dataset.js';

/** The data set with the mean of its training images, where the whitening takes it away. */
export const withMeanImage = async (dataset: Dataset, whitening: Whitening): Promise<Dataset> =>
  whitening === 'mean-image' ? { ...dataset, meanImage: await meanImageOf(dataset.train) } : dataset;

/** Images read at a time. */
const chunk = 500;

/** [side, side, 3], on the scale 0 … 1; summed in whole numbers, so that it is the same on every machine. */
export async function meanImageOf(set: ImageSet): Promise<Float32Array> {
  const { count } = set;
  const size = set.side * set.side * 3;
  const sums = new Float64Array(size);
  for (let start = 0; start < count; start += chunk) {
    const images = Math.min(chunk, count - start);
    const pixels = new Uint8Array(images * size);
    const reading = set.read(
      Int32Array.from({ length: images }, (_, index) => start + index),
      pixels,
      new Int32Array(images),
    );
    if (reading !== undefined) await reading;
    for (let at = 0; at < pixels.length; at++) sums[at % size] = (sums[at % size] as number) + (pixels[at] as number);
  }
  return Float32Array.from(sums, (sum) => sum / (255 * count));
}
