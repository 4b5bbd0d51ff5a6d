/** Made-up images for tests: ten classes that a small network learns in a few steps. Never shown in a table. */
import { catalogue, type DatasetOptions } from '../catalogue.js';
import type { Dataset } from '../dataset.js';
import { memoryDataset } from './memory-dataset.js';
import { random, streams } from '../batches/random.js';
import { firstImages, imageSize, type StoredImages } from './stored.js';

const seed = 20_180_430;

/** Red, green and blue share of each of five hues; with two directions of stripes they make the ten classes. */
const hues = [
  [1, 0.2, 0.2],
  [0.2, 1, 0.2],
  [0.2, 0.2, 1],
  [0.9, 0.9, 0.1],
  [0.6, 0.6, 0.6],
] as const;

/** Stripes across or down (unchanged by a flip) in the class's hue, with a random phase, under noise. */
function part(count: number, position: number): StoredImages {
  const source = random(seed + position, streams.synthetic);
  const pixels = new Uint8Array(count * imageSize);
  const labels = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const label = n % catalogue.synthetic.classes;
    labels[n] = label;
    const hue = hues[label % 5] ?? hues[0];
    const across = label >= 5;
    const phase = ((source.words(n, 0)[0] ?? 0) / 0x1_0000_0000) * 2 * Math.PI;
    const waves = Array.from({ length: 8 }, (_, i) => 0.5 + 0.5 * Math.sin((i * Math.PI) / 4 + phase));
    for (let channel = 0, o = n * imageSize; channel < 3; channel++) {
      for (let row = 0; row < 32; row++) {
        for (let column = 0; column < 32; column += 16) {
          // A block of 16 random bytes is the noise of 16 pixels.
          const noise = source.words(n, 1 + ((channel * 32 + row) * 32 + column) / 16);
          for (let i = 0; i < 16; i++, o++) {
            const wave = waves[(across ? row : column + i) % 8] ?? 0;
            const byte = ((noise[i >> 2] ?? 0) >>> (8 * (i & 3))) & 0xff;
            pixels[o] = Math.round(30 + 150 * (hue[channel] ?? 0) * wave + (byte * 60) / 255);
          }
        }
      }
    }
  }
  return { count, shape: [3, 32, 32], pixels, labels };
}

/** The checksum of all of them, so that planning need not make them. */
export const syntheticChecksum = '5a101693fccaf9e52e2f71c256ec228f3f35b5cf385037f9e3d979d564bd849e';

export function openSynthetic({ trainImages }: DatasetOptions): Dataset {
  const { trainImages: all, validationImages } = catalogue.synthetic;
  const train = firstImages(part(all, 0), trainImages ?? all);
  return memoryDataset('synthetic', train, part(validationImages, 1), 'synthetic images, for tests only');
}
