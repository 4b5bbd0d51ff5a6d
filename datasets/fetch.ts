/** Fetches a data set's official files, checks them, and puts them where the readers look. */
import { join } from 'node:path';
import { makeFolder } from '../harness/core/files/make-folder.js';
import { Problem } from '../harness/core/problem.js';
import { catalogue, parseDatasetName, type DatasetName } from './catalogue.js';
import { cifarFiles } from './sets/cifar-files.js';
import { elsewhere } from './elsewhere.js';
import { exclusively } from './download/exclusive.js';
import { fetchFirst } from './download/fetch-archive.js';
import { fetchFashionMnist, type FetchOptions } from './download/fetch-files.js';
import { imagenet32Checksum } from './sets/imagenet32/imagenet32.js';
import { findBatches, imagenetFolder } from './sets/imagenet32/imagenet32-batches.js';
import { preparedRecord } from './sets/imagenet32/imagenet32-prepare.js';
import { datasetChecksum, openDataset } from './open.js';
import { datasetStatus } from './status.js';
import { stl10Layout } from './sets/stl10.js';
export type { FetchOptions } from './download/fetch-files.js';

export interface Fetched {
  /** Where it is. */
  readonly folder: string;
  readonly checksum: string;
  /** It was there before, whole and sound. */
  readonly already: boolean;
}

type Fetchable = Exclude<DatasetName, 'imagenet32' | 'synthetic'>;

/** How many training images `data` gives: what is fetched is the whole set. */
const wholeSet = (name: Fetchable, cacheFolder: string) => ({
  cacheFolder,
  trainImages: name === 'fashion-mnist' ? catalogue[name].trainImages : null,
});

/**
 * Fetches a data set into its folder below `cacheFolder`, unless it is there or where other programs have it; goes on where an
 * earlier try was cut off.
 * @throws Problem DATA_ACCOUNT_NEEDED, DATA_MISSING, DATASET_UNKNOWN, those of `download` and of `makeFolder`
 */
export async function fetchDataset(name: string, options: FetchOptions): Promise<Fetched> {
  const known = parseDatasetName(name);
  const { cacheFolder, force = false } = options;
  if (known === 'imagenet32') return await prepareOnly(options);
  if (known === 'synthetic')
    throw new Problem('DATASET_UNKNOWN', 'The synthetic images are made up, for tests only: there is nothing to fetch');
  // A folder that cannot be written to is none the worse for that, if all is there.
  const already = !force && (await isSound(known, cacheFolder));
  if (!already) {
    makeFolder(cacheFolder, elsewhere);
    await exclusively(
      join(cacheFolder, `${known}.lock`),
      `fetching ${known}`,
      async () => {
        if (force || !(await isSound(known, cacheFolder))) await fetchFiles(known, options);
      },
      options,
    );
  }
  const status = (await datasetStatus(cacheFolder)).find((one) => one.name === known);
  const checksum = await datasetChecksum(known, wholeSet(known, cacheFolder));
  return { folder: status?.folder ?? cacheFolder, checksum, already };
}

async function fetchFiles(name: Fetchable, options: FetchOptions): Promise<void> {
  switch (name) {
    case 'fashion-mnist': {
      await fetchFashionMnist(options);
      return;
    }
    case 'stl10': {
      await fetchFirst([stl10Layout], options);
      return;
    }
    case 'cifar10':
    case 'cifar100': {
      await fetchFirst(cifarFiles[name].layouts, options);
      return;
    }
  }
}

/** ImageNet32: what the user has put there is made ready; nothing is downloaded. */
async function prepareOnly({ cacheFolder, preparing }: FetchOptions): Promise<Fetched> {
  const already = (await preparedRecord(cacheFolder)) !== undefined;
  if (!already) {
    const { missing, hint, anything } = await findBatches(cacheFolder);
    if (!anything) throw new Problem('DATA_ACCOUNT_NEEDED', 'ImageNet32 cannot be downloaded without an account', hint);
    if (missing !== '') throw new Problem('DATA_MISSING', `ImageNet32: ${missing}`, hint);
  }
  const checksum = await imagenet32Checksum({ cacheFolder, trainImages: null }, undefined, preparing);
  return { folder: imagenetFolder(cacheFolder), checksum, already };
}

/** There, and every byte as it should be. */
async function isSound(name: Fetchable, cacheFolder: string): Promise<boolean> {
  try {
    await (await openDataset(name, wholeSet(name, cacheFolder))).close();
    return true;
  } catch (error) {
    // Missing, damaged, or nothing that can be read: it is fetched.
    if (error instanceof Problem) return false;
    throw error;
  }
}
