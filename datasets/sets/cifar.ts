/** CIFAR-10 and CIFAR-100, from either form of their files, wherever they lie. */
import { join } from 'node:path';
import { Problem } from '../../harness/core/problem.js';
import { catalogue, type DatasetOptions } from '../catalogue.js';
import { checksumOfFiles } from './checksum-cache.js';
import { cifarFiles, type CifarFiles, type CifarLayout, type CifarName } from './cifar-files.js';
import { readCifarPart } from './cifar-part.js';
import type { Dataset } from '../dataset.js';
import { describeCount, memoryDataset } from './memory-dataset.js';
import { filesOf, findSources, firstSound, readSource, type Source } from '../sources.js';
import { firstImages, joinImages, type StoredImages } from './stored.js';

/** What is there of it, sound or not. */
export const cifarSources = (name: CifarName, cacheFolder: string, files: CifarFiles = cifarFiles[name]) =>
  findSources(files.layouts, cacheFolder);

const missing = (name: CifarName, cacheFolder: string): Problem =>
  new Problem(
    'DATA_MISSING',
    `${catalogue[name].title} is neither in ${cacheFolder} nor where Keras, torchvision or WARPNET_DATA have it`,
    `Fetch it: npm run reproduce -- data ${name}`,
  );

/**
 * Opens the set; its files or their images have to be the official ones (`files`), unless a test says otherwise.
 * @throws Problem DATA_MISSING, DATA_CORRUPT
 */
export async function openCifar(
  name: CifarName,
  { cacheFolder, trainImages }: DatasetOptions,
  files: CifarFiles = cifarFiles[name],
): Promise<Dataset> {
  const { train, validation } = await firstSound(
    cifarSources(name, cacheFolder, files),
    async (source) => await readParts(name, source, files),
    () => missing(name, cacheFolder),
  );
  const some = firstImages(train, trainImages ?? train.count);
  return memoryDataset(name, some, validation, describeCount(name, trainImages));
}

async function readParts(
  name: CifarName,
  source: Source<CifarLayout>,
  files: CifarFiles,
): Promise<{ train: StoredImages; validation: StoredImages }> {
  const { layout, path } = source;
  const parts = new Map<string, StoredImages>();
  try {
    await readSource(source, (file, bytes) => {
      parts.set(file, readCifarPart(files, layout, file, bytes, join(path, file)));
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.hint !== undefined) throw error;
    throw new Problem(error.code, error.message, `Fetch it again: npm run reproduce -- data ${name} --force`);
  }
  const part = (file: string): StoredImages => {
    const found = parts.get(file);
    if (found === undefined) throw new Error(`Internal error: ${file} was not read`);
    return found;
  };
  return { train: joinImages(layout.train.map(part)), validation: part(layout.validation) };
}

/** Where the checksum of the first `trainImages` training images is remembered, and of which files it is. */
export function cifarChecksumRecord(
  name: CifarName,
  cacheFolder: string,
  trainImages: number | null,
  sources: readonly Source[] = cifarSources(name, cacheFolder),
): [record: string, files: string[]] {
  return [join(cacheFolder, 'checksums', `${name}-${trainImages ?? 'all'}.json`), sources.flatMap(filesOf)];
}

/** Computed by opening the set once, then remembered in the cache. @throws Problem as `openCifar` */
export async function cifarChecksum(name: CifarName, options: DatasetOptions): Promise<string> {
  const { cacheFolder, trainImages } = options;
  const sources = cifarSources(name, cacheFolder);
  if (sources.length === 0) throw missing(name, cacheFolder);
  return await checksumOfFiles(
    ...cifarChecksumRecord(name, cacheFolder, trainImages, sources),
    async () => (await openCifar(name, options)).checksum,
  );
}
