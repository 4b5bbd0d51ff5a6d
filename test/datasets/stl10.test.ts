import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluationBatches, trainingBatches } from '../../datasets/batches/batches.js';
import { openStl10, stl10Layout } from '../../datasets/sets/stl10.js';
import { put } from './support/cifar-files.js';
import { tarEntry } from './support/tar-entry.js';
import { temporaryFolder } from './support/temporary-folder.js';

const side = 96;

/** Row in red, column in green, the image's number in blue. */
const channel = (n: number, plane: number, row: number, column: number): number => [row, column, n][plane] ?? 0;

/** Images numbered from `first` as the files have them: planes, each column by column. */
function imagesOf(first: number, count: number): Buffer {
  const bytes = Buffer.alloc(count * 3 * side * side);
  let at = 0;
  for (let n = first; n < first + count; n++)
    for (let plane = 0; plane < 3; plane++)
      for (let column = 0; column < side; column++)
        for (let row = 0; row < side; row++) bytes[at++] = channel(n, plane, row, column);
  return bytes;
}

/** Labels count from 1 to 10. */
const contents = {
  'train_X.bin': imagesOf(0, 12),
  'train_y.bin': Buffer.from(Array.from({ length: 12 }, (_, n) => 1 + (n % 10))),
  'test_X.bin': imagesOf(12, 3),
  'test_y.bin': Buffer.from([10, 1, 5]),
};
const sumsOf = (files: Readonly<Record<string, Buffer>>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, createHash('md5').update(bytes).digest('hex')]),
  );
const layout = { ...stl10Layout, sums: sumsOf(contents) };

let cacheFolder: string;

beforeEach(async () => {
  cacheFolder = await temporaryFolder();
  vi.stubEnv('HOME', join(cacheFolder, 'home'));
  vi.stubEnv('WARPNET_DATA', undefined);
});

const open = (trainImages: number | null = null) => openStl10({ cacheFolder, trainImages }, layout);

describe('STL-10', () => {
  it.each([
    ['a folder', () => put(join(cacheFolder, 'stl10_binary'), contents)],
    [
      'its archive in a torchvision root, behind what is not read',
      () =>
        put(join(cacheFolder, 'home', 'data'), {
          'stl10_binary.tar.gz': gzipSync(
            Buffer.concat([
              tarEntry('stl10_binary/unlabeled_X.bin', Buffer.alloc(50_000)),
              ...Object.entries(contents).map(([name, bytes]) => tarEntry(`stl10_binary/${name}`, bytes)),
              Buffer.alloc(1024),
            ]),
          ),
        }),
    ],
  ])('is read from %s: rows and columns the right way round, classes from 0', async (_, lay) => {
    await lay();
    const dataset = await open();
    expect([dataset.train.count, dataset.validation.count, dataset.train.side]).toEqual([12, 3, side]);
    const pixels = new Uint8Array(2 * side * side * 3);
    const labels = new Int32Array(2);
    void dataset.train.read(Int32Array.from([11, 3]), pixels, labels);
    expect([...labels]).toEqual([1, 3]);
    for (const [row, column] of [
      [0, 95],
      [95, 0],
      [7, 60],
    ] as const)
      for (const [place, n] of [11, 3].entries()) {
        const at = ((place * side + row) * side + column) * 3;
        expect([...pixels.subarray(at, at + 3)]).toEqual([row, column, n]);
      }
    // Rows and columns count 0 to 95: their mean is 47.5.
    expect(dataset.channelMean[0] * 255).toBeCloseTo(47.5, 9);
    expect(dataset.description).toBe('STL-10');
  });

  it('makes batches of its own size, cropped, flipped and whitened as others are', async () => {
    await put(join(cacheFolder, 'stl10_binary'), contents);
    const dataset = await open();
    for await (const { images, count } of evaluationBatches({
      set: dataset.validation,
      dataset,
      batch: 3,
      whitening: 'none',
    })) {
      expect(count).toBe(3);
      const at = ((2 * side + 10) * side + 90) * 3;
      expect([...images.subarray(at, at + 3)].map((value) => Math.round(value * 255))).toEqual([10, 90, 14]);
    }
    const batches = trainingBatches({
      set: dataset.train,
      dataset,
      batch: 4,
      seed: 1,
      augmentation: {
        cropPadding: 4,
        cropOffsets: 9,
        paddingMode: 'reflect',
        flipProbability: 1,
        whitening: 'none',
        batches: 'epoch',
      },
    });
    const { images } = await batches.next(0);
    expect(images.length).toBe(4 * side * side * 3);
    // Every image is flipped: its columns count down, one by one, where no border is near.
    const row = Array.from({ length: 60 }, (_, column) =>
      Math.round((images[(48 * side + 18 + column) * 3 + 1] ?? 0) * 255),
    );
    expect(row.slice(1).map((value, at) => value - (row[at] ?? 0))).toEqual(Array.from({ length: 59 }, () => -1));
  });

  it('takes the first images only, as another data set', async () => {
    await put(join(cacheFolder, 'stl10_binary'), contents);
    const part = await open(5);
    expect(part.train.count).toBe(5);
    expect(part.checksum).not.toBe((await open()).checksum);
  });

  it.each([
    ['a changed byte', { ...contents, 'train_X.bin': Buffer.from(contents['train_X.bin']).fill(1, 500, 501) }, layout],
    ['a label that is no class', { ...contents, 'test_y.bin': Buffer.from([11, 1, 5]) }, undefined],
    ['fewer images than labels', { ...contents, 'test_X.bin': imagesOf(12, 2) }, undefined],
    ['part of an image', { ...contents, 'test_X.bin': imagesOf(12, 3).subarray(1) }, undefined],
  ])('refuses %s', async (_, files, known) => {
    await put(join(cacheFolder, 'stl10_binary'), files);
    const wanted = known ?? { ...layout, sums: sumsOf(files) };
    await expect(openStl10({ cacheFolder, trainImages: null }, wanted)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });
});
