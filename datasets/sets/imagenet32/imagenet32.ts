/** ImageNet32 (Chrabaszcz et al., 2017), read from disk image by image. */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../../harness/core/problem.js';
import { catalogue, type DatasetOptions } from '../../catalogue.js';
import { datasetChecksumOf, sha256, type PartChecksum } from '../checksum.js';
import type { Dataset, ImageSet } from '../../dataset.js';
import {
  firstTrainImages,
  labelFile,
  pixelFile,
  prepareImagenet32,
  preparedFolder,
  type ExpectedCounts,
  type PreparedPart,
} from './imagenet32-prepare.js';
import { describeCount } from '../memory-dataset.js';
import { expandImage, imageSize } from '../stored.js';

const name = 'imagenet32';
const published: ExpectedCounts = {
  train: catalogue[name].trainImages,
  validation: catalogue[name].validationImages,
};

/** Reads runs of neighbouring images at once, and several runs at a time. */
function streamedSet(pixels: FileHandle, labels: Int32Array): ImageSet {
  return {
    count: labels.length,
    side: 32,
    async read(indices, target, into) {
      const reads: Promise<void>[] = [];
      for (let n = 0; n < indices.length;) {
        const first = indices[n] as number;
        if (!(first >= 0 && first < labels.length)) throw new RangeError(`no image ${first} of ${labels.length}`);
        let length = 1;
        while (n + length < indices.length && indices[n + length] === first + length) length++;
        if (first + length > labels.length) throw new RangeError(`no image ${first + length - 1} of ${labels.length}`);
        for (let i = 0; i < length; i++) into[n + i] = labels[first + i] as number;
        reads.push(readRun(pixels, target, n * imageSize, length * imageSize, first * imageSize));
        n += length;
      }
      await Promise.all(reads);
      // The planes were read into place; each image is interleaved there.
      const planar = new Uint8Array(imageSize);
      for (let at = 0; at < indices.length * imageSize; at += imageSize) {
        planar.set(target.subarray(at, at + imageSize));
        expandImage([3, 32, 32], planar, 0, target, at);
      }
    },
  };
}

async function readRun(
  pixels: FileHandle,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
): Promise<void> {
  const { bytesRead } = await pixels.read(target, offset, length, position);
  if (bytesRead !== length)
    throw new Problem('DATA_CORRUPT', 'ImageNet32: a prepared file became shorter', 'Delete its folder "prepared".');
}

/** The checksum of the data set that these parts make. */
export const checksumOf = (train: PreparedPart, validation: PreparedPart): string => {
  const part = ({ count, images, labels }: PreparedPart): PartChecksum => ({
    count,
    images,
    labels,
    shape: [3, 32, 32],
  });
  return datasetChecksumOf(name, catalogue[name].classes, part(train), part(validation));
};

async function parts(
  { cacheFolder, trainImages }: DatasetOptions,
  expected: ExpectedCounts,
  progress?: (images: number) => void,
): Promise<{ train: PreparedPart; validation: PreparedPart }> {
  const { train, validation } = await prepareImagenet32(cacheFolder, expected, progress);
  if (trainImages === null || trainImages === train.count) return { train, validation };
  return { train: await firstTrainImages(cacheFolder, trainImages), validation };
}

/**
 * Opens the set, preparing its files first if that has not been done (once, about 4 GB; see imagenet32-prepare.ts).
 * @throws Problem DATA_MISSING, DATA_CORRUPT, DISK_FULL
 */
export async function openImagenet32(options: DatasetOptions, expected: ExpectedCounts = published): Promise<Dataset> {
  const { train, validation } = await parts(options, expected);
  const folder = preparedFolder(options.cacheFolder);
  const openPart = async (which: 'train' | 'validation', known: PreparedPart) => {
    const path = join(folder, labelFile(which));
    const bytes = (await readFile(path)).subarray(0, known.count * 4);
    if (sha256(bytes) !== known.labels)
      throw new Problem('DATA_CORRUPT', `${path}: its SHA-256 is not the recorded one`, `Delete ${folder}.`);
    const labels = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const handle = await open(join(folder, pixelFile(which)));
    return { handle, set: streamedSet(handle, labels) };
  };
  const trainPart = await openPart('train', train);
  const validationPart = await openPart('validation', validation);
  return {
    name,
    classes: catalogue[name].classes,
    train: trainPart.set,
    validation: validationPart.set,
    checksum: checksumOf(train, validation),
    channelMean: train.mean,
    channelDeviation: train.deviation,
    description: describeCount(name, options.trainImages),
    async close() {
      await trainPart.handle.close();
      await validationPart.handle.close();
    },
  };
}

/** Reads everything once, at the first call; later calls read what that one wrote down. */
export async function imagenet32Checksum(
  options: DatasetOptions,
  expected: ExpectedCounts = published,
  progress?: (images: number) => void,
): Promise<string> {
  const { train, validation } = await parts(options, expected, progress);
  return checksumOf(train, validation);
}
