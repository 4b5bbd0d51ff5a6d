import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evaluationBatches } from '../../datasets/batches/batches.js';
import { sha256 } from '../../datasets/sets/checksum.js';
import type { Dataset } from '../../datasets/dataset.js';
import { embeddedFolder, officialUnpacked } from '../../datasets/sets/fashion-mnist.js';
import { parseIdx } from '../../datasets/formats/idx.js';
import { datasetChecksum, openDataset } from '../../datasets/open.js';

const nowhere = { cacheFolder: '/nowhere', trainImages: null };

function read(set: Dataset['train'], indices: number[]): { pixels: Uint8Array; labels: number[] } {
  const pixels = new Uint8Array(indices.length * 3072).fill(99);
  const labels = new Int32Array(indices.length);
  expect(set.read(Int32Array.from(indices), pixels, labels)).toBeUndefined();
  return { pixels, labels: [...labels] };
}

describe('the embedded Fashion-MNIST', () => {
  it('is the first 10,000 official training images and all official test images, byte by byte', () => {
    const unpack = (file: string): Buffer => gunzipSync(readFileSync(join(embeddedFolder, file)));
    for (const file of ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'])
      expect(sha256(unpack(file))).toBe(officialUnpacked[file]);
    // SHA-256 of bytes 16 to 7,840,016 of the official train-images-idx3-ubyte, and 8 to 10,008 of train-labels-idx1-ubyte.
    const images = unpack('train-images-idx3-ubyte.gz');
    expect(images.length).toBe(7_840_016);
    expect(sha256(images.subarray(16))).toBe('2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9');
    const labels = unpack('train-labels-idx1-ubyte.gz');
    expect(labels.length).toBe(10_008);
    expect(sha256(labels.subarray(8))).toBe('1022e4632874e71bb84d924c475e6a3428a2deeb8c5a0f612a015c97e4fce7f0');
  });

  it('needs no files but its own, and has the checksum that planning was told', async () => {
    const dataset = await openDataset('fashion-mnist', nowhere);
    expect(dataset).toMatchObject({
      name: 'fashion-mnist',
      classes: 10,
      checksum: '583039625232c2368f14f787f02cada25aea4ac8059bc6f78469004c5a505534',
      description: 'Fashion-MNIST, first 10,000 training images, 28x28 grey padded to 32x32x3',
    });
    expect([dataset.train.count, dataset.validation.count]).toEqual([10_000, 10_000]);
    expect(await datasetChecksum('fashion-mnist', nowhere)).toBe(dataset.checksum);
    expect(await datasetChecksum('fashion-mnist', { ...nowhere, trainImages: 10_000 })).toBe(dataset.checksum);
  });

  it('shows what the first images are known to be: an ankle boot, a T-shirt, a T-shirt', async () => {
    const dataset = await openDataset('fashion-mnist', nowhere);
    const { pixels, labels } = read(dataset.train, [0, 1, 2]);
    expect(labels).toEqual([9, 0, 0]);
    const images = gunzipSync(readFileSync(join(embeddedFolder, 'train-images-idx3-ubyte.gz'))).subarray(16);
    for (let n = 0; n < 3; n++)
      for (let row = 0; row < 32; row++)
        for (let column = 0; column < 32; column++) {
          const inside = row >= 2 && row < 30 && column >= 2 && column < 30;
          const grey = inside ? images[n * 784 + (row - 2) * 28 + column - 2] : 0;
          const at = n * 3072 + (row * 32 + column) * 3;
          if (pixels[at] !== grey || pixels[at + 1] !== grey || pixels[at + 2] !== grey)
            expect([n, row, column, ...pixels.subarray(at, at + 3)]).toEqual([n, row, column, grey, grey, grey]);
        }
  });

  it('has 1,000 test images of each class', async () => {
    const dataset = await openDataset('fashion-mnist', nowhere);
    const { labels } = read(
      dataset.validation,
      Array.from({ length: 10_000 }, (_, i) => i),
    );
    for (let label = 0; label < 10; label++) expect(labels.filter((each) => each === label)).toHaveLength(1000);
  });

  it('fewer training images are another data set, with statistics of their own', async () => {
    const whole = await openDataset('fashion-mnist', nowhere);
    const part = await openDataset('fashion-mnist', { ...nowhere, trainImages: 500 });
    expect(part.train.count).toBe(500);
    expect(part.checksum).not.toBe(whole.checksum);
    expect(await datasetChecksum('fashion-mnist', { ...nowhere, trainImages: 500 })).toBe(part.checksum);
    expect(read(part.train, [499])).toEqual(read(whole.train, [499]));
    expect(() => read(part.train, [500])).toThrow(RangeError);
    // Mean of the 28x28 training images is 0.286 (the usual figure); the border of zeros makes 0.286 * 784 / 1024.
    expect(whole.channelMean[1]).toBeCloseTo((0.286 * 784) / 1024, 2);
    expect(part.channelMean).not.toEqual(whole.channelMean);
  });

  it('more than it has needs the whole set, and says how to get it', async () => {
    for (const ask of [openDataset, datasetChecksum])
      await expect(ask('fashion-mnist', { ...nowhere, trainImages: 10_001 })).rejects.toMatchObject({
        code: 'DATA_MISSING',
        hint: 'Fetch the whole set: npm run reproduce -- data fashion-mnist',
      });
  });
});

describe('what cannot be opened', () => {
  it.each([0, 60_001, 1.5, -1])('%s training images', async (trainImages) => {
    await expect(openDataset('fashion-mnist', { ...nowhere, trainImages })).rejects.toMatchObject({
      code: 'DATA_TOO_FEW',
    });
  });

  it('a data set that nobody knows', async () => {
    await expect(openDataset('mnist', nowhere)).rejects.toMatchObject({
      code: 'DATASET_UNKNOWN',
      hint: expect.stringContaining('fashion-mnist') as string,
    });
  });
});

describe('the synthetic images', () => {
  it('are the same everywhere, and planning knows their checksum', async () => {
    const dataset = await openDataset('synthetic', nowhere);
    expect(await datasetChecksum('synthetic', nowhere)).toBe(dataset.checksum);
    expect([dataset.train.count, dataset.validation.count, dataset.classes]).toEqual([2048, 512, 10]);
  });

  it('can be told apart by the colours of their class alone', async () => {
    const dataset = await openDataset('synthetic', nowhere);
    // Nearest class mean over (red - green, green - blue), which a flip or a crop hardly changes: two classes share a hue.
    const features: [number, number[]][] = [];
    for await (const { images, labels, count } of evaluationBatches({
      set: dataset.validation,
      dataset,
      batch: 64,
      whitening: 'per-image',
    }))
      for (let n = 0; n < count; n++) {
        const sums = [0, 0, 0];
        for (let i = 0; i < 3072; i++) sums[i % 3] = (sums[i % 3] ?? 0) + (images[n * 3072 + i] ?? 0) / 1024;
        features.push([(labels[n] ?? 0) % 5, sums]);
      }
    const centres = [0, 1, 2, 3, 4].map((hue) => {
      const mine = features.filter(([label]) => label === hue).map(([, sums]) => sums);
      return [0, 1, 2].map((c) => mine.reduce((sum, each) => sum + (each[c] ?? 0), 0) / mine.length);
    });
    const distance = (a: number[], b: number[]): number =>
      a.reduce((sum, value, c) => sum + (value - (b[c] ?? 0)) ** 2, 0);
    const right = features.filter(([label, sums]) => {
      const distances = centres.map((centre) => distance(centre, sums));
      return distances.indexOf(Math.min(...distances)) === label;
    });
    expect(right.length / features.length).toBeGreaterThan(0.95);
  });
});

describe('parseIdx', () => {
  const header = (...bytes: number[]): Buffer => Buffer.from(bytes);
  const sound = Buffer.concat([header(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3), Buffer.from([1, 2, 3, 4, 5, 6])]);

  it('reads shape and data', () => {
    const { shape, data } = parseIdx(sound, 'f');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['empty', Buffer.alloc(0), 'not an IDX file'],
    ['something else', Buffer.from('<html>'), 'not an IDX file'],
    ['floats', header(0, 0, 13, 1, 0, 0, 0, 0), 'not of unsigned bytes'],
    ['a cut-off header', header(0, 0, 8, 3, 0, 0, 0, 1), 'header is cut off'],
    ['cut-off data', sound.subarray(0, 15), '3 bytes of data where its header announces 6'],
    ['data too long', Buffer.concat([sound, sound]), '24 bytes of data'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'f')).toThrow(message);
  });
});
