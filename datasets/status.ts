/** What data are here, where, and what to do about those that are not. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../harness/core/format-bytes.js';
import { catalogue, datasetNames, type DatasetName } from './catalogue.js';
import { rememberedChecksum } from './sets/checksum-cache.js';
import { cifarChecksumRecord, cifarSources } from './sets/cifar.js';
import { cifarFiles, type CifarName } from './sets/cifar-files.js';
import {
  embeddedCount,
  embeddedFolder,
  fashionMnistChecksum,
  fetchedChecksumRecord,
  findWhole,
  wholeFiles,
} from './sets/fashion-mnist.js';
import { checksumOf } from './sets/imagenet32/imagenet32.js';
import { findBatches, imagenetFolder } from './sets/imagenet32/imagenet32-batches.js';
import { pixelFile, preparedFolder, preparedRecord } from './sets/imagenet32/imagenet32-prepare.js';
import type { PlaceName } from './places.js';
import { filesOf, type Source } from './sources.js';
import { stl10ChecksumRecord, stl10Layout, stl10Sources } from './sets/stl10.js';

export interface DatasetStatus {
  readonly name: DatasetName;
  /** `CIFAR-10`. */
  readonly title: string;
  /** Whether `openDataset` will find it. */
  readonly available: boolean;
  /** Where it was found; null where it was not, or where nothing is read. `embedded`: part of the project. */
  readonly place: PlaceName | 'embedded' | null;
  /** What is there, in a few words. */
  readonly description: string;
  /** The folder or archive that it is in, or the folder where it belongs; null where it is made and not read. */
  readonly folder: string | null;
  /** Bytes on disk. */
  readonly bytes: number;
  /** How many training images can be used now. */
  readonly trainImages: number;
  /** Of all of them, where it is known without reading them. */
  readonly checksum: string | null;
  /** Which set can be trained on instead, where this one is not there. */
  readonly standIn: DatasetName | null;
  /** The one command that fetches it, or more of it; null where nothing is missing, or no command helps. */
  readonly command: string | null;
  /** What to do to have it, or to have more of it; null where nothing is missing. */
  readonly missing: string | null;
}

/** Looks at each data set without reading it: fast enough for every command. */
export async function datasetStatus(cacheFolder: string): Promise<DatasetStatus[]> {
  return await Promise.all(datasetNames.map((name) => statusOf(name, cacheFolder)));
}

/** `CIFAR-10 is not here: Fashion-MNIST stands in. To change that: npm run …`; null where nothing stands in. */
export function standInSentence({ title, available, standIn, missing }: DatasetStatus): string | null {
  if (available || standIn === null) return null;
  return `${title} is not here: ${catalogue[standIn].title} stands in. To change that: ${missing ?? ''}`;
}

async function statusOf(name: DatasetName, cacheFolder: string): Promise<DatasetStatus> {
  const { title, standIn = null } = catalogue[name];
  const facts = await factsOf(name, cacheFolder);
  return { name, title, ...facts, standIn: facts.available ? null : standIn };
}

type Facts = Omit<DatasetStatus, 'name' | 'title' | 'standIn'>;

async function factsOf(name: DatasetName, cacheFolder: string): Promise<Facts> {
  switch (name) {
    case 'cifar10':
    case 'cifar100':
      return await cifarFacts(name, cacheFolder);
    case 'stl10': {
      const sources = stl10Sources(cacheFolder);
      const record = stl10ChecksumRecord(cacheFolder, null, sources);
      return await sourceFacts(name, sources, record, join(cacheFolder, stl10Layout.folder), 2.6e9);
    }
    case 'fashion-mnist':
      return await fashionMnistFacts(cacheFolder);
    case 'imagenet32':
      return await imagenet32Facts(cacheFolder);
    case 'synthetic':
      return {
        available: true,
        place: null,
        description: 'made up, for tests only',
        folder: null,
        bytes: 0,
        trainImages: catalogue.synthetic.trainImages,
        checksum: null,
        command: null,
        missing: null,
      };
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const fetching = (name: DatasetName, downloadBytes: number): { command: string; missing: string } => {
  const command = `npm run reproduce -- data ${name}`;
  return { command, missing: `${command} (downloads ${formatBytes(downloadBytes)})` };
};

async function cifarFacts(name: CifarName, cacheFolder: string): Promise<Facts> {
  const sources = cifarSources(name, cacheFolder);
  const [layout] = cifarFiles[name].layouts;
  return await sourceFacts(
    name,
    sources,
    cifarChecksumRecord(name, cacheFolder, null, sources),
    join(cacheFolder, layout?.folder ?? ''),
    layout?.archive.size ?? 0,
  );
}

async function sourceFacts(
  name: DatasetName,
  sources: readonly Source[],
  record: readonly [record: string, files: readonly string[]],
  belongs: string,
  downloadBytes: number,
): Promise<Facts> {
  const [source] = sources;
  if (source === undefined)
    return {
      available: false,
      place: null,
      description: 'not here',
      folder: belongs,
      bytes: 0,
      trainImages: 0,
      checksum: null,
      ...fetching(name, downloadBytes),
    };
  return {
    available: true,
    place: source.place.name,
    description: `all images${source.kind === 'archive' ? ', still packed' : ''}${placeWords(source.place.name)}`,
    folder: source.path,
    bytes: await sizeOf(filesOf(source)),
    trainImages: catalogue[name].trainImages,
    checksum: (await rememberedChecksum(...record)) ?? null,
    command: null,
    missing: null,
  };
}

const placeWords = (place: PlaceName): string =>
  ({
    cache: '',
    WARPNET_DATA: ', where WARPNET_DATA says',
    keras: ', as Keras keeps them',
    torchvision: ', as torchvision keeps them',
  })[place];

async function fashionMnistFacts(cacheFolder: string): Promise<Facts> {
  const whole = findWhole(cacheFolder);
  const { trainImages } = catalogue['fashion-mnist'];
  const embedded = embeddedCount.toLocaleString('en-US');
  const files = wholeFiles(whole?.folder ?? embeddedFolder);
  const shared = { available: true, bytes: await sizeOf(files) };
  if (whole === undefined) {
    const { command, missing } = fetching('fashion-mnist', 31e6);
    return {
      ...shared,
      place: 'embedded',
      description: `first ${embedded} training images and all test images, embedded`,
      folder: embeddedFolder,
      trainImages: embeddedCount,
      checksum: await fashionMnistChecksum({ cacheFolder, trainImages: null }),
      command,
      missing: `for all 60,000: ${missing}`,
    };
  }
  return {
    ...shared,
    place: whole.place.name,
    description: `all images${placeWords(whole.place.name)} (by default the first ${embedded} for training)`,
    folder: whole.folder,
    trainImages,
    checksum: (await rememberedChecksum(fetchedChecksumRecord(cacheFolder, trainImages), files)) ?? null,
    command: null,
    missing: null,
  };
}

async function imagenet32Facts(cacheFolder: string): Promise<Facts> {
  const prepared = await preparedRecord(cacheFolder);
  if (prepared)
    return {
      available: true,
      place: 'cache',
      description: 'all images, prepared',
      folder: imagenetFolder(cacheFolder),
      bytes: await sizeOf(
        (['train', 'validation'] as const).map((part) => join(preparedFolder(cacheFolder), pixelFile(part))),
      ),
      trainImages: prepared.train.count,
      checksum: checksumOf(prepared.train, prepared.validation),
      command: null,
      missing: null,
    };
  const { batches, folder, place, anything, missing, hint } = await findBatches(cacheFolder);
  return {
    available: batches !== undefined,
    place: batches ? place : null,
    description: batches
      ? 'all batches; prepared at first use (needs 4 GB more)'
      : anything
        ? `not whole: ${missing}`
        : 'not here',
    folder,
    bytes: await sizeOf(batches ? [...batches.train, batches.validation] : []),
    trainImages: batches ? catalogue.imagenet32.trainImages : 0,
    checksum: null,
    command: null,
    missing: batches ? null : hint,
  };
}
