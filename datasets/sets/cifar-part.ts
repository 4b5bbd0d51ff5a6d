/** One of CIFAR's files as images: records of one or two label bytes and 3x32x32 pixels, or a pickled dict. */
import { createHash } from 'node:crypto';
import { Problem } from '../../harness/core/problem.js';
import { toPlanes } from './batch-shape.js';
import type { CifarFiles, CifarLayout } from './cifar-files.js';
import { BufferReader } from '../formats/file-reader.js';
import { arrayBytes } from '../formats/pickle-value.js';
import { readPickledBatch } from '../formats/pickled-batch.js';
import { imageSize, type StoredImages } from './stored.js';

/**
 * Reads the file `name` of `layout`. It has to be the official file, or to hold what that one holds.
 * @param path named where something is wrong
 * @throws Problem DATA_CORRUPT
 */
export function readCifarPart(
  { labelBytes, records }: CifarFiles,
  { files, format, sums }: CifarLayout,
  name: string,
  bytes: Buffer,
  path: string,
): StoredImages {
  const sum = sums[name] ?? '';
  const official =
    createHash(sum.length === 32 ? 'md5' : 'sha256')
      .update(bytes)
      .digest('hex') === sum;
  const wrong = (): Problem =>
    new Problem(
      'DATA_CORRUPT',
      `${path}: neither the file nor its images are the official ones (${bytes.length} bytes)`,
    );
  if (format === 'binary') {
    if (!official) throw wrong();
    return parseCifar(bytes, labelBytes, path);
  }
  const { images, labels } = parsePickledCifar(bytes, labelBytes, path);
  // Somebody may have pickled the same images anew.
  if (!official && recordsSum(images.pixels, labels) !== records[files.indexOf(name)]) throw wrong();
  return images;
}

/** Splits records into pixels and labels. @throws Problem DATA_CORRUPT */
export function parseCifar(bytes: Uint8Array, labelBytes: 1 | 2, file: string): StoredImages {
  const record = labelBytes + imageSize;
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new Problem(
      'DATA_CORRUPT',
      `${file}: ${bytes.length} bytes are not a whole number of ${record}-byte records`,
    );
  const count = bytes.length / record;
  const pixels = new Uint8Array(count * imageSize);
  const labels = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const start = n * record + labelBytes;
    labels[n] = bytes[start - 1] as number;
    pixels.set(bytes.subarray(start, start + imageSize), n * imageSize);
  }
  return { count, shape: [3, 32, 32], pixels, labels };
}

/** The images of a pickled dict, and the labels in the order of a record. @throws Problem DATA_CORRUPT */
function parsePickledCifar(
  bytes: Buffer,
  labelBytes: 1 | 2,
  file: string,
): { images: StoredImages; labels: readonly Int32Array[] } {
  const reader = new BufferReader(bytes);
  const names = labelBytes === 1 ? ['labels'] : ['coarse_labels', 'fine_labels'];
  const { images, order, labels } = readPickledBatch(reader, file, names);
  const classes = labels.at(-1) ?? new Int32Array();
  const pixels = Uint8Array.from(arrayBytes(images, reader));
  if (pixels.length !== classes.length * imageSize)
    throw new Problem('DATA_CORRUPT', `${file}: its images are cut off`, 'Unpack or download it again.');
  if (order === 'interleaved') toPlanes(pixels);
  return { images: { count: classes.length, shape: [3, 32, 32], pixels, labels: classes }, labels };
}

/** SHA-256 of images and labels as the binary form has them. */
function recordsSum(pixels: Uint8Array, labels: readonly Int32Array[]): string {
  const hash = createHash('sha256');
  for (let n = 0; n * imageSize < pixels.length; n++) {
    hash.update(Uint8Array.from(labels, (list) => list[n] ?? 0));
    hash.update(pixels.subarray(n * imageSize, (n + 1) * imageSize));
  }
  return hash.digest('hex');
}
