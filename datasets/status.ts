/** What data are here, where, and what to do about those that are not. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, datasetNames, type DatasetName } from './catalogue.js';
import { rememberedChecksum } from './checksum-cache.js';
import { cifarChecksumRecord, cifarFiles, cifarIsFetched } from './cifar.js';
import { formatBytes } from './disk-space.js';
import {
  embeddedCount,
  embeddedFolder,
  fashionMnistChecksum,
  fetchedChecksumRecord,
  fetchedFolder,
  isFetched,
} from './fashion-mnist.js';
import { checksumOf } from './imagenet32.js';
import {
  findBatches,
  imagenetFolder,
  imagenetHint,
  pixelFile,
  preparedFolder,
  preparedRecord,
} from './imagenet32-prepare.js';

export interface DatasetStatus {
  readonly name: DatasetName;
  /** `CIFAR-10`. */
  readonly title: string;
  /** Whether `openDataset` will find it. */
  readonly available: boolean;
  /** What is there, in a few words. */
  readonly description: string;
  /** Where it is, or where it belongs; null where it is made and not read. */
  readonly folder: string | null;
  /** Bytes on disk. */
  readonly bytes: number;
  /** How many training images can be used now. */
  readonly trainImages: number;
  /** Of all of them, where it is known without reading them. */
  readonly checksum: string | null;
  /** What to do to have it, or to have more of it; null where nothing is missing. */
  readonly missing: string | null;
}

/** Looks at each data set without reading it: fast enough for every command. */
export async function datasetStatus(cacheFolder: string): Promise<DatasetStatus[]> {
  return await Promise.all(datasetNames.map((name) => statusOf(name, cacheFolder)));
}

async function statusOf(name: DatasetName, cacheFolder: string): Promise<DatasetStatus> {
  const shared = { name, title: catalogue[name].title };
  switch (name) {
    case 'cifar10':
    case 'cifar100':
      return { ...shared, ...(await cifarStatus(name, cacheFolder)) };
    case 'fashion-mnist':
      return { ...shared, ...(await fashionMnistStatus(cacheFolder)) };
    case 'imagenet32':
      return { ...shared, ...(await imagenet32Status(cacheFolder)) };
    case 'synthetic':
      return {
        ...shared,
        available: true,
        description: 'made up, for tests only',
        folder: null,
        bytes: 0,
        trainImages: catalogue.synthetic.trainCount,
        checksum: null,
        missing: null,
      };
  }
}

type Facts = Omit<DatasetStatus, 'name' | 'title'>;

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function cifarStatus(name: 'cifar10' | 'cifar100', cacheFolder: string): Promise<Facts> {
  const { folder, train, validation } = cifarFiles[name];
  const files = [...train, validation].map((file) => join(cacheFolder, folder, file));
  const available = cifarIsFetched(name, cacheFolder);
  const [archive] = catalogue[name].files;
  return {
    available,
    description: available ? 'all images' : 'not here',
    folder: join(cacheFolder, folder),
    bytes: available ? await sizeOf(files) : 0,
    trainImages: available ? catalogue[name].trainCount : 0,
    checksum: available
      ? ((await rememberedChecksum(cifarChecksumRecord(name, cacheFolder, null), files)) ?? null)
      : null,
    missing: available ? null : `npm run reproduce -- data ${name} (downloads ${formatBytes(archive?.size ?? 0)})`,
  };
}

async function fashionMnistStatus(cacheFolder: string): Promise<Facts> {
  const whole = isFetched(cacheFolder);
  const { files, trainCount } = catalogue['fashion-mnist'];
  const folder = whole ? fetchedFolder(cacheFolder) : embeddedFolder;
  const paths = files.map(({ name }) => join(folder, name));
  const remembered = whole && (await rememberedChecksum(fetchedChecksumRecord(cacheFolder, trainCount), paths));
  return {
    available: true,
    description: whole
      ? `all images (by default the first ${embeddedCount.toLocaleString('en-US')} for training)`
      : `first ${embeddedCount.toLocaleString('en-US')} training images and all test images, embedded`,
    folder,
    bytes: await sizeOf(paths),
    trainImages: whole ? trainCount : embeddedCount,
    checksum: whole
      ? typeof remembered === 'string'
        ? remembered
        : null
      : await fashionMnistChecksum({ cacheFolder, trainImages: null }),
    missing: whole ? null : 'for all 60,000: npm run reproduce -- data fashion-mnist (downloads 31 MB)',
  };
}

async function imagenet32Status(cacheFolder: string): Promise<Facts> {
  const folder = imagenetFolder(cacheFolder);
  const prepared = await preparedRecord(cacheFolder);
  const batches = await findBatches(folder);
  const available = prepared !== undefined || batches !== undefined;
  return {
    available,
    description: prepared
      ? 'all images, prepared'
      : batches
        ? 'all batches; prepared at first use (needs 4 GB more)'
        : 'not here',
    folder,
    bytes: prepared
      ? await sizeOf(
          (['train', 'validation'] as const).map((part) => join(preparedFolder(cacheFolder), pixelFile(part))),
        )
      : await sizeOf(batches ? [...batches.train, batches.validation] : []),
    trainImages: prepared?.train.count ?? (batches ? catalogue.imagenet32.trainCount : 0),
    checksum: prepared ? checksumOf(prepared.train, prepared.validation) : null,
    missing: available ? null : imagenetHint(folder),
  };
}
