/** CIFAR-10 and CIFAR-100 from their binary files: records of one or two label bytes and 3x32x32 pixels. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../harness/core/problem.js';
import { catalogue, type DatasetOptions } from './catalogue.js';
import { sha256 } from './checksum.js';
import { checksumOfFiles } from './checksum-cache.js';
import type { Dataset } from './dataset.js';
import { describeCount, memoryDataset } from './memory-dataset.js';
import { firstImages, imageSize, type StoredImages } from './stored.js';

export interface CifarFiles {
  /** The folder that the official archive unpacks to. */
  readonly folder: string;
  /** Label bytes of a record; the last one is the class (CIFAR-100 has the coarse class before it). */
  readonly labelBytes: 1 | 2;
  /** In the order of the archive's numbering. */
  readonly train: readonly string[];
  readonly validation: string;
  /** SHA-256 of each file as unpacked from the official archive. */
  readonly sha256: Readonly<Record<string, string>>;
}

export const cifarFiles: Readonly<Record<'cifar10' | 'cifar100', CifarFiles>> = {
  cifar10: {
    folder: 'cifar-10-batches-bin',
    labelBytes: 1,
    train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
    validation: 'test_batch.bin',
    sha256: {
      'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
      'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
      'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
      'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
      'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
      'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    },
  },
  cifar100: {
    folder: 'cifar-100-binary',
    labelBytes: 2,
    train: ['train.bin'],
    validation: 'test.bin',
    sha256: {
      'train.bin': 'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29',
      'test.bin': 'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a',
    },
  },
};

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

function joinParts(parts: readonly StoredImages[]): StoredImages {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Uint8Array(count * imageSize);
  const labels = new Int32Array(count);
  let at = 0;
  for (const part of parts) {
    pixels.set(part.pixels, at * imageSize);
    labels.set(part.labels, at);
    at += part.count;
  }
  return { count, shape: [3, 32, 32], pixels, labels };
}

const pathsOf = (files: CifarFiles, cacheFolder: string): string[] =>
  [...files.train, files.validation].map((file) => join(cacheFolder, files.folder, file));

/** Whether every file is there; not whether it is sound. */
export const cifarIsFetched = (name: 'cifar10' | 'cifar100', cacheFolder: string): boolean =>
  pathsOf(cifarFiles[name], cacheFolder).every((path) => existsSync(path));

function checkFetched(name: 'cifar10' | 'cifar100', cacheFolder: string): void {
  if (cifarIsFetched(name, cacheFolder)) return;
  throw new Problem(
    'DATA_MISSING',
    `${catalogue[name].title} is not in ${join(cacheFolder, cifarFiles[name].folder)}`,
    `Fetch it: npm run reproduce -- data ${name}`,
  );
}

/**
 * Opens the set; every file is compared with `files.sha256`, the official archive's unless a test says otherwise.
 * @throws Problem DATA_MISSING, DATA_CORRUPT
 */
export async function openCifar(
  name: 'cifar10' | 'cifar100',
  { cacheFolder, trainImages }: DatasetOptions,
  files: CifarFiles = cifarFiles[name],
): Promise<Dataset> {
  if (files === cifarFiles[name]) checkFetched(name, cacheFolder);
  const read = async (file: string): Promise<StoredImages> => {
    const path = join(cacheFolder, files.folder, file);
    const bytes = await readFile(path);
    if (sha256(bytes) !== files.sha256[file])
      throw new Problem(
        'DATA_CORRUPT',
        `${path}: its SHA-256 is not that of the official file (${bytes.length} bytes)`,
        `Fetch it again: npm run reproduce -- data ${name} --force`,
      );
    return parseCifar(bytes, files.labelBytes, path);
  };
  const parts: StoredImages[] = [];
  for (const file of files.train) parts.push(await read(file));
  const train = firstImages(joinParts(parts), trainImages ?? parts.reduce((sum, part) => sum + part.count, 0));
  return memoryDataset(name, train, await read(files.validation), describeCount(name, trainImages));
}

/** Where the checksum of the first `trainImages` training images is remembered. */
export const cifarChecksumRecord = (
  name: 'cifar10' | 'cifar100',
  cacheFolder: string,
  trainImages: number | null,
): string => join(cacheFolder, cifarFiles[name].folder, `checksum-${trainImages ?? 'all'}.json`);

/** Computed by opening the set once, then remembered beside the files. */
export async function cifarChecksum(name: 'cifar10' | 'cifar100', options: DatasetOptions): Promise<string> {
  checkFetched(name, options.cacheFolder);
  const files = cifarFiles[name];
  return await checksumOfFiles(
    cifarChecksumRecord(name, options.cacheFolder, options.trainImages),
    pathsOf(files, options.cacheFolder),
    async () => (await openCifar(name, options)).checksum,
  );
}
