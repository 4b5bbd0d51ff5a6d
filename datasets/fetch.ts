/** Fetches a data set's official files, checks them, and puts them where the readers look. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { Problem } from '../harness/core/problem.js';
import { catalogue, parseDatasetName, type OfficialFile } from './catalogue.js';
import { cifarFiles, cifarIsFetched, type CifarFiles } from './cifar.js';
import { fileDigest } from './digest.js';
import { checkSpace } from './disk-space.js';
import { download, type DownloadOptions, type DownloadProgress } from './download.js';
import { flush } from './durable.js';
import { exclusively } from './exclusive.js';
import { fetchedFolder, isFetched, officialUnpacked } from './fashion-mnist.js';
import { imagenet32Checksum } from './imagenet32.js';
import { findBatches, imagenetFolder, imagenetHint, preparedRecord } from './imagenet32-prepare.js';
import { datasetChecksum, openDataset } from './open.js';
import { readTar } from './tar.js';

export interface FetchOptions {
  readonly cacheFolder: string;
  /** Addresses of folders that hold the official files (http, https, file); default: the owners' own. */
  readonly mirrors?: readonly string[];
  /** Fetch again what is there. */
  readonly force?: boolean;
  readonly progress?: (progress: DownloadProgress & { readonly file: string }) => void;
  /** While ImageNet32's batches are made into flat files: images done. */
  readonly preparing?: (images: number) => void;
  readonly signal?: AbortSignal;
  readonly attempts?: number;
  readonly stallMilliseconds?: number;
  readonly backoffMilliseconds?: number;
}

export interface Fetched {
  readonly folder: string;
  readonly checksum: string;
  /** It was there before, whole and sound. */
  readonly already: boolean;
}

/** How many training images `data` gives: what is fetched is the whole set. */
const wholeSet = (name: 'cifar10' | 'cifar100' | 'fashion-mnist', cacheFolder: string) => ({
  cacheFolder,
  trainImages: name === 'fashion-mnist' ? catalogue[name].trainCount : null,
});

/**
 * Fetches a data set into its folder below `cacheFolder`; goes on where an earlier try was cut off.
 * @throws Problem DATA_ACCOUNT_NEEDED, DATASET_UNKNOWN and those of `download`
 */
export async function fetchDataset(name: string, options: FetchOptions): Promise<Fetched> {
  const known = parseDatasetName(name);
  const { cacheFolder, signal } = options;
  if (known === 'imagenet32') return await prepareOnly(options);
  if (known === 'synthetic')
    throw new Problem('DATASET_UNKNOWN', 'The synthetic images are made up, for tests only: there is nothing to fetch');
  await mkdir(cacheFolder, { recursive: true });
  return await exclusively(
    join(cacheFolder, `${known}.lock`),
    async () => {
      const whole = wholeSet(known, cacheFolder);
      const already = options.force !== true && (await isSound(known, cacheFolder));
      if (!already) await (known === 'fashion-mnist' ? fetchFashionMnist(options) : fetchCifar(known, options));
      return { folder: folderOf(known, cacheFolder), checksum: await datasetChecksum(known, whole), already };
    },
    signal,
  );
}

/** ImageNet32: what the user has put there is made ready; nothing is downloaded. */
async function prepareOnly({ cacheFolder, preparing }: FetchOptions): Promise<Fetched> {
  const folder = imagenetFolder(cacheFolder);
  const already = (await preparedRecord(cacheFolder)) !== undefined;
  if (!already && (await findBatches(folder)) === undefined)
    throw new Problem(
      'DATA_ACCOUNT_NEEDED',
      'ImageNet32 cannot be downloaded without an account',
      imagenetHint(folder),
    );
  const checksum = await imagenet32Checksum({ cacheFolder, trainImages: null }, undefined, preparing);
  return { folder, checksum, already };
}

const folderOf = (name: 'cifar10' | 'cifar100' | 'fashion-mnist', cacheFolder: string): string =>
  name === 'fashion-mnist' ? fetchedFolder(cacheFolder) : join(cacheFolder, cifarFiles[name].folder);

/** There, and every byte as it should be. */
async function isSound(name: 'cifar10' | 'cifar100' | 'fashion-mnist', cacheFolder: string): Promise<boolean> {
  if (!(name === 'fashion-mnist' ? isFetched(cacheFolder) : cifarIsFetched(name, cacheFolder))) return false;
  try {
    await (await openDataset(name, wholeSet(name, cacheFolder))).close();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'DATA_CORRUPT') return false;
    throw error;
  }
}

function downloadOptions(
  file: OfficialFile,
  address: string,
  target: string,
  options: FetchOptions,
): Omit<DownloadOptions, 'verify'> {
  const { progress, attempts, stallMilliseconds, backoffMilliseconds } = options;
  const folders = options.mirrors && options.mirrors.length > 0 ? options.mirrors : [address];
  return {
    urls: folders.map((folder) => addressOf(folder, file.name)),
    target,
    size: file.size,
    signal: options.signal,
    progress: progress && ((state) => progress({ ...state, file: file.name })),
    ...(attempts === undefined ? {} : { attempts }),
    ...(stallMilliseconds === undefined ? {} : { stallMilliseconds }),
    ...(backoffMilliseconds === undefined ? {} : { backoffMilliseconds }),
  };
}

/** @throws Problem MIRROR_INVALID */
function addressOf(folder: string, file: string): string {
  const hint = 'Give the folder that holds the official file, such as https://example.org/data/ or file:///srv/data/.';
  if (!URL.canParse(folder)) throw new Problem('MIRROR_INVALID', `"${folder}" is not an address`, hint);
  const base = new URL(folder.endsWith('/') ? folder : `${folder}/`);
  if (!['http:', 'https:', 'file:'].includes(base.protocol))
    throw new Problem('MIRROR_INVALID', `"${folder}" is not an address that can be fetched from`, hint);
  return new URL(file, base).href;
}

/** Fetches the four files; `files` are the official ones unless a test says otherwise. */
export async function fetchFashionMnist(
  options: FetchOptions,
  files: readonly OfficialFile[] = catalogue['fashion-mnist'].files,
): Promise<void> {
  const { address } = catalogue['fashion-mnist'];
  for (const file of files) {
    const target = join(fetchedFolder(options.cacheFolder), file.name);
    // Sound or not, it goes: only a set with something wrong comes here.
    await rm(target, { force: true });
    await download({
      ...downloadOptions(file, address ?? '', target, options),
      async verify(path) {
        if ((await fileDigest('md5', path)) === file.md5) return undefined;
        // A mirror may have compressed it anew; what counts is what is inside.
        const inside = await fileDigest('sha256', path, true).catch(() => 'not a gzip file');
        return inside === officialUnpacked[file.name]
          ? undefined
          : 'neither its MD5 nor its content is the official one';
      },
    });
  }
}

/** Fetches and unpacks the archive; `file` and `files` are the official ones unless a test says otherwise. */
export async function fetchCifar(
  name: 'cifar10' | 'cifar100',
  options: FetchOptions,
  file: OfficialFile | undefined = catalogue[name].files[0],
  files: CifarFiles = cifarFiles[name],
): Promise<void> {
  if (!file) throw new Error(`Internal error: no archive of ${name}`);
  const { address } = catalogue[name];
  const archive = join(options.cacheFolder, file.name);
  await download({
    ...downloadOptions(file, address ?? '', archive, options),
    async verify(path) {
      const md5 = await fileDigest('md5', path);
      return md5 === file.md5 ? undefined : `its MD5 is ${md5}, not ${file.md5}`;
    },
  });
  await unpackCifar(archive, options.cacheFolder, files);
  await rm(archive, { force: true });
}

/**
 * Unpacks the files that are read, and no others, into a new folder that then takes the old one's place.
 * @throws Problem DATA_CORRUPT, DISK_FULL
 */
export async function unpackCifar(archive: string, cacheFolder: string, files: CifarFiles): Promise<void> {
  // Images hardly compress: 1.2 times the archive is enough.
  await checkSpace(cacheFolder, (await stat(archive)).size * 1.2, archive);
  const target = join(cacheFolder, files.folder);
  const working = `${target}.${randomUUID()}`;
  // Whoever left such a folder was killed: no one else works on this set at the same time.
  for (const left of await readdir(cacheFolder))
    if (left.startsWith(`${files.folder}.`)) await rm(join(cacheFolder, left), { recursive: true, force: true });
  await mkdir(working);
  try {
    const missing = new Set([...files.train, files.validation]);
    const packed = createReadStream(archive, { highWaterMark: 1 << 20 });
    const unpacked = createGunzip();
    packed.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
    for await (const { name, content } of readTar(unpacked, new Set(missing), archive)) {
      const hash = createHash('sha256');
      const handle = await open(join(working, name), 'w');
      try {
        for await (const bytes of content) {
          hash.update(bytes);
          await handle.appendFile(bytes);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (hash.digest('hex') !== files.sha256[name])
        throw new Problem('DATA_CORRUPT', `${archive}: its file ${name} is not the official one`);
      missing.delete(name);
    }
    if (missing.size > 0) throw new Problem('DATA_CORRUPT', `${archive}: it has no ${[...missing].join(', ')}`);
    await flush(working);
    await rm(target, { recursive: true, force: true });
    await rename(working, target);
    await flush(cacheFolder);
  } catch (error) {
    if (error instanceof Problem || !(error instanceof Error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC')
      throw new Problem('DISK_FULL', `No space is left to unpack ${archive}`, 'Make room and start again.');
    if (code?.startsWith('Z_') === true)
      throw new Problem('DATA_CORRUPT', `${archive}: it cannot be unpacked (${error.message})`);
    throw error;
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}
