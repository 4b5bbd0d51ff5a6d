import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toPlanes } from '../../datasets/sets/batch-shape.js';
import type { Dataset } from '../../datasets/dataset.js';
import { openBatch } from '../../datasets/sets/imagenet32/imagenet32-batch.js';
import { prepareImagenet32 } from '../../datasets/sets/imagenet32/imagenet32-prepare.js';
import { imagenet32Checksum, openImagenet32 } from '../../datasets/sets/imagenet32/imagenet32.js';
import { openDataset } from '../../datasets/open.js';
import {
  labelOf,
  npy,
  pickledFrame,
  pixel,
  pixelsOf,
  python2,
  python3,
  writeImagenet32,
  writeNpz,
  writePickled,
  zip,
} from './support/imagenet32-files.js';
import { temporaryFolder } from './support/temporary-folder.js';

const fixtures = new URL('./fixtures/', import.meta.url);

async function pixelsIn(file: string): Promise<{ labels: number[]; pixels: Buffer }> {
  const batch = await openBatch(file);
  const chunks: Buffer[] = [];
  for await (const chunk of batch.pixels()) chunks.push(Buffer.from(chunk));
  const pixels = Buffer.concat(chunks);
  if (batch.order === 'interleaved') toPlanes(pixels);
  return { labels: [...batch.labels], pixels };
}

describe('a batch written by NumPy', () => {
  const expected = Buffer.from(Array.from({ length: 3 * 3072 }, (_, i) => (i * 7) % 251));
  const names = [1, 2].flatMap((generation) =>
    [
      ...['protocol2', 'protocol3', 'protocol4', 'protocol5', 'stored.npz', 'deflated.npz'],
      ...['array-labels', 'scalar-labels', 'interleaved', 'planes'],
    ].map((kind) => `numpy${generation}-${kind}`),
  );

  it.each(names)('%s is read, and its classes count from 0', async (name) => {
    const file = join(await temporaryFolder(), name);
    await writeFile(file, gunzipSync(await readFile(new URL(`${name}.gz`, fixtures))));
    const { labels, pixels } = await pixelsIn(file);
    expect(labels).toEqual([0, 999, 499]);
    expect(pixels.equals(expected)).toBe(true);
  });

  it.each(names)('%s cut off anywhere is refused, never misread', async (name) => {
    const file = join(await temporaryFolder(), name);
    const whole = gunzipSync(await readFile(new URL(`${name}.gz`, fixtures)));
    for (let length = 0; length < whole.length; length += 1 + Math.floor(whole.length / 12)) {
      await writeFile(file, whole.subarray(0, length));
      await expect(pixelsIn(file)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    }
  });
});

describe('a batch that is not as published', () => {
  const corrupt = async (name: string, content: Buffer, message: RegExp): Promise<void> => {
    const file = join(await temporaryFolder(), name);
    await writeFile(file, content);
    await expect(pixelsIn(file)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringMatching(message) as string,
    });
  };
  const { head, tail } = pickledFrame(2, 0, python3);
  const sound = Buffer.concat([head, pixelsOf(0, 2), tail]);

  it('a pickle that would run a command is refused by name', async () => {
    // cos\nsystem\n (S'echo' tR: what a malicious pickle looks like.
    const malicious = Buffer.from('\x80\x02cos\nsystem\nU\x04echo\x85R.', 'latin1');
    await corrupt('train_data_batch_1', malicious, /names os system, which is not allowed/);
  });

  it('an unknown opcode is named with its place', async () => {
    await corrupt('b', Buffer.from('\x80\x03\x8f.', 'latin1'), /opcode 0x8f at byte 2/);
  });

  it.each([
    ['not a dict', Buffer.from('\x80\x03K\x01.', 'latin1'), /not a pickled dict/],
    ['no images', Buffer.from('\x80\x03}.', 'latin1'), /no array "data"/],
    ['an empty file', Buffer.alloc(0), /beyond the end/],
  ])('%s', async (_, content, message) => {
    await corrupt('b', content, message);
  });

  it('labels that are no classes are refused', async () => {
    const bad = Buffer.from(sound);
    // The first label, 1, becomes 0: the archives count from 1.
    const at = bad.lastIndexOf(Buffer.from([0x4d, 1, 0]));
    bad[at + 1] = 0;
    await corrupt('b', bad, /a label is 0/);
  });

  it('a flipped bit in an npz is noticed', async () => {
    const bad = zip({
      'data.npy': npy('|u1', [1, 3072], pixelsOf(0, 1)),
      'labels.npy': npy('|u1', [1], Buffer.from([5])),
    });
    bad[1000] = (bad[1000] ?? 0) ^ 1;
    await corrupt('b.npz', bad, /CRC-32/);
  });

  it.each([
    [
      'float images',
      zip({ 'data.npy': npy('<f4', [1, 3072], Buffer.alloc(12_288)), 'labels.npy': npy('|u1', [1], Buffer.from([5])) }),
      /<f4 of shape \[1, 3072\]/,
    ],
    [
      '64x64 images',
      zip({
        'data.npy': npy('|u1', [1, 12_288], Buffer.alloc(12_288)),
        'labels.npy': npy('|u1', [1], Buffer.from([5])),
      }),
      /shape \[1, 12288\]/,
    ],
    [
      'images of as many bytes in another shape',
      zip({ 'data.npy': npy('|u1', [1, 1024, 3], pixelsOf(0, 1)), 'labels.npy': npy('|u1', [1], Buffer.from([5])) }),
      /\|u1 of shape \[1, 1024, 3\]/,
    ],
    [
      'labels that are no integers',
      zip({ 'data.npy': npy('|u1', [1, 3072], pixelsOf(0, 1)), 'labels.npy': npy('<f4', [1], Buffer.alloc(4)) }),
      /labels of type <f4 are not supported/,
    ],
    [
      'more labels than images',
      zip({ 'data.npy': npy('|u1', [1, 3072], pixelsOf(0, 1)), 'labels.npy': npy('|u1', [2], Buffer.from([5, 6])) }),
      /1 images, but 2 labels/,
    ],
    ['an array that is missing', zip({ 'data.npy': npy('|u1', [1, 3072], pixelsOf(0, 1)) }), /no array "labels"/],
  ])('%s', async (_, content, message) => {
    await corrupt('b.npz', content, message);
  });
});

const expected = { train: 120, validation: 7 };

async function read(set: Dataset['train'], indices: number[]): Promise<{ pixels: Uint8Array; labels: number[] }> {
  const pixels = new Uint8Array(indices.length * 3072);
  const labels = new Int32Array(indices.length);
  await set.read(Int32Array.from(indices), pixels, labels);
  return { pixels, labels: [...labels] };
}

/** Image n as [32, 32, 3]. */
const interleaved = (n: number): number[] =>
  Array.from({ length: 3072 }, (_, o) => pixel(n, (o % 3) * 1024 + Math.floor(o / 3)));

describe('openImagenet32', () => {
  it('reads any image by its number, in runs and one by one, from either format', async () => {
    const checksums: string[] = [];
    for (const [write, extension] of [
      [writePickled, ''],
      [writeNpz, '.npz'],
      [(path: string, count: number, first: number) => writePickled(path, count, first, python2), ''],
    ] as const) {
      const cacheFolder = await temporaryFolder();
      await writeImagenet32(cacheFolder, 12, 7, write, extension);
      const dataset = await openImagenet32({ cacheFolder, trainImages: null }, expected);
      expect([dataset.train.count, dataset.validation.count, dataset.classes]).toEqual([120, 7, 1000]);
      const indices = [119, 3, 4, 5, 0, 60, 61, 4];
      const { pixels, labels } = await read(dataset.train, indices);
      expect(labels).toEqual(indices.map((n) => labelOf(n) - 1));
      indices.forEach((n, at) =>
        expect(Buffer.from(interleaved(n)).equals(pixels.subarray(at * 3072, (at + 1) * 3072))).toBe(true),
      );
      expect((await read(dataset.validation, [6])).labels).toEqual([labelOf(126) - 1]);
      await expect(read(dataset.train, [118, 119, 120])).rejects.toThrow(RangeError);
      await dataset.close();
      checksums.push(dataset.checksum);
    }
    // The same images are the same data set, whatever file they came in.
    expect(new Set(checksums).size).toBe(1);
  });

  it('prepares once, also when two open at once, and works without the batches from then on', async () => {
    const cacheFolder = await temporaryFolder();
    await writeImagenet32(cacheFolder, 12, 7, writePickled);
    const options = { cacheFolder, trainImages: null };
    const [first, second] = await Promise.all([openImagenet32(options, expected), openImagenet32(options, expected)]);
    expect(first.checksum).toBe(second.checksum);
    await Promise.all([first.close(), second.close()]);
    await rm(join(cacheFolder, 'imagenet32', 'Imagenet32_train'), { recursive: true });
    expect(await imagenet32Checksum(options, expected)).toBe(first.checksum);
    expect((await readdir(join(cacheFolder, 'imagenet32'))).sort()).toEqual(['prepared', 'val_data']);
  });

  it('prepares again when a batch has changed', async () => {
    const cacheFolder = await temporaryFolder();
    await writeImagenet32(cacheFolder, 12, 7, writePickled);
    const options = { cacheFolder, trainImages: null };
    const before = await imagenet32Checksum(options, expected);
    const batch = join(cacheFolder, 'imagenet32', 'Imagenet32_train', 'train_data_batch_4');
    await writePickled(batch, 12, 500);
    // Also where the new file has the old one's size and falls in the same tick of the clock.
    await utimes(batch, new Date(), new Date(Date.now() + 5000));
    expect(await imagenet32Checksum(options, expected)).not.toBe(before);
  });

  it('knows the first images as a data set of their own', async () => {
    const cacheFolder = await temporaryFolder();
    await writeImagenet32(cacheFolder, 12, 7, writePickled);
    const part = await openImagenet32({ cacheFolder, trainImages: 30 }, expected);
    const whole = await openImagenet32({ cacheFolder, trainImages: null }, expected);
    expect(part.train.count).toBe(30);
    expect(part.checksum).not.toBe(whole.checksum);
    expect(part.channelMean).not.toEqual(whole.channelMean);
    expect(await imagenet32Checksum({ cacheFolder, trainImages: 30 }, expected)).toBe(part.checksum);
    const bytes = pixelsOf(0, 30);
    const red = bytes.filter((_, i) => i % 3072 < 1024);
    const mean = red.reduce((sum, value) => sum + value, 0) / red.length / 255;
    expect(part.channelMean[0]).toBeCloseTo(mean, 12);
    await Promise.all([part.close(), whole.close()]);
  });

  it('refuses a wrong number of images, a cut-off batch and a missing one, and leaves nothing behind', async () => {
    const cacheFolder = await temporaryFolder();
    await writeImagenet32(cacheFolder, 12, 7, writePickled);
    const options = { cacheFolder, trainImages: null };
    await expect(openImagenet32(options, { train: 121, validation: 7 })).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: 'ImageNet32 should have 121 training images; the files hold 120',
    });
    const batch = join(cacheFolder, 'imagenet32', 'Imagenet32_train', 'train_data_batch_10');
    await truncate(batch, 20_000);
    await expect(openImagenet32(options, expected)).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await rm(batch);
    await expect(openImagenet32(options, expected)).rejects.toMatchObject({ code: 'DATA_MISSING' });
    expect((await readdir(join(cacheFolder, 'imagenet32'))).sort()).toEqual(['Imagenet32_train', 'val_data']);
  });

  it('says where to get it and where to put it', async () => {
    await expect(openDataset('imagenet32', { cacheFolder: '/nowhere', trainImages: null })).rejects.toMatchObject({
      code: 'DATA_MISSING',
      hint: expect.stringMatching(/account at https:\/\/image-net\.org.*into \/nowhere\/imagenet32/) as string,
    });
  });

  it('holds a few megabytes at a time, not the set of 31 MB', async () => {
    const cacheFolder = await temporaryFolder();
    await writeImagenet32(cacheFolder, 1_000, 100, writePickled);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = (): number => {
      collect();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      return arrayBuffers + heapUsed;
    };
    const before = live();
    const peaks: number[] = [];
    await prepareImagenet32(cacheFolder, { train: 10_000, validation: 100 }, () => peaks.push(live() - before));
    expect(peaks.length).toBeGreaterThan(10);
    // One block of 3 MB, the streams' buffers, a batch's labels, and what the code itself takes when first run.
    expect(Math.max(...peaks)).toBeLessThan(10_000_000);
  });
});
