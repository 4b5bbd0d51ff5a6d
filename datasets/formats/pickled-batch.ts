/** A pickled dict of images and labels, as the archives of CIFAR and ImageNet32 hold them. */
import { Problem } from '../../harness/core/problem.js';
import { pixelOrder, type PixelOrder } from '../sets/batch-shape.js';
import type { ByteReader } from './file-reader.js';
import { integers } from './npy.js';
import { readPickle } from './pickle.js';
import { arrayBytes, isKind, type Pickled, type PickledArray } from './pickle-value.js';

export interface PickledBatch {
  readonly images: PickledArray;
  readonly order: PixelOrder;
  /** A list of labels for each name that was asked for. */
  readonly labels: readonly Int32Array[];
}

/**
 * Reads the array `data` and the lists (or arrays) of labels of these names.
 * @throws Problem DATA_CORRUPT
 */
export function readPickledBatch(reader: ByteReader, file: string, names: readonly string[]): PickledBatch {
  const corrupt = (what: string): Problem =>
    new Problem('DATA_CORRUPT', `${file}: ${what}`, 'Unpack or download it again.');
  const value = readPickle(reader, file);
  if (!(value instanceof Map)) throw corrupt('not a pickled dict');
  const images = value.get('data');
  if (!isKind(images, 'array')) throw corrupt('it has no array "data"');
  const labels = names.map((name) => {
    const found = labelsOf(value.get(name), reader, file);
    if (found === undefined) throw corrupt(`it has no list "${name}"`);
    return found;
  });
  const [order] = labels.map(({ length }) => pixelOrder(file, images.shape, images.descr, length));
  if (order === undefined) throw new Error('Internal error: a batch is read without labels');
  return { images, order, labels };
}

function labelsOf(value: Pickled | undefined, reader: ByteReader, file: string): Int32Array | undefined {
  if (isKind(value, 'array')) return integers(arrayBytes(value, reader), value.descr, file);
  if (!Array.isArray(value) || !value.every((label) => typeof label === 'number')) return undefined;
  return Int32Array.from(value);
}
