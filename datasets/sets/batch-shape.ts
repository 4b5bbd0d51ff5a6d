/** Which arrays are images of 32x32 pixels, and in which order their bytes are: shapes are looked at, not products. */
import { Problem } from '../../harness/core/problem.js';
import { imageSize } from './stored.js';

/** `planes`: red, green and blue one after the other. `interleaved`: red, green and blue of each pixel together. */
export type PixelOrder = 'planes' | 'interleaved';

const orders: ReadonlyMap<string, PixelOrder> = new Map([
  ['3072', 'planes'],
  ['3,32,32', 'planes'],
  ['32,32,3', 'interleaved'],
]);

/**
 * The order of the pixels of an array of type `descr` and of this shape, which has to have as many images as labels.
 * @throws Problem DATA_CORRUPT
 */
export function pixelOrder(file: string, shape: readonly number[], descr: string, labels: number): PixelOrder {
  const [count = 0, ...rest] = shape;
  const order = orders.get(rest.join());
  if (descr !== '|u1' || order === undefined)
    throw new Problem(
      'DATA_CORRUPT',
      `${file}: its images are ${descr} of shape [${shape.join(', ')}]`,
      'Images have to be uint8 of shape [n, 3072] or [n, 3, 32, 32] (planes of red, green and blue), or [n, 32, 32, 3].',
    );
  if (count !== labels)
    throw new Problem('DATA_CORRUPT', `${file}: ${count} images, but ${labels} labels`, 'Unpack or download it again.');
  return order;
}

/** Turns interleaved images in `pixels` into planes, in place. */
export function toPlanes(pixels: Uint8Array): void {
  const image = new Uint8Array(imageSize);
  for (let start = 0; start < pixels.length; start += imageSize) {
    image.set(pixels.subarray(start, start + imageSize));
    for (let i = 0, from = 0; i < imageSize / 3; i++)
      for (let plane = 0; plane < imageSize; plane += imageSize / 3)
        pixels[start + plane + i] = image[from++] as number;
  }
}
