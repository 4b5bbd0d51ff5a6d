/** Fashion-MNIST: the embedded part (first 10,000 training images), or the whole set once it has been fetched. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { readRegularFile } from '../../harness/core/files/regular-file.js';
import { Problem } from '../../harness/core/problem.js';
import { inProject } from '../../harness/core/project.js';
import { catalogue, type DatasetOptions, type OfficialFile } from '../catalogue.js';
import { datasetChecksumOf, partChecksum, sha256, type PartChecksum } from './checksum.js';
import { checksumOfFiles } from './checksum-cache.js';
import type { Dataset } from '../dataset.js';
import { parseIdx } from '../formats/idx.js';
import { describeCount, memoryDataset } from './memory-dataset.js';
import { places, type Place } from '../places.js';
import { firstImages, type StoredImages } from './stored.js';

const name = 'fashion-mnist';
const shape = [28, 28] as const;
export const embeddedFolder = inProject('datasets', 'fashion-mnist');

/** https://github.com/zalandoresearch/fashion-mnist, with its MD5s. */
export const officialAddress = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/';
export const officialFiles: readonly OfficialFile[] = [
  { name: 'train-images-idx3-ubyte.gz', md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
  { name: 'train-labels-idx1-ubyte.gz', md5: '25c81989df183df01b3e8a0aad5dffbe' },
  { name: 't10k-images-idx3-ubyte.gz', md5: 'bef4ecab320f06d8554ea6380940ec79' },
  { name: 't10k-labels-idx1-ubyte.gz', md5: 'bb300cfdad3c16e7a12a480ee83cd310' },
];
const fileNames = officialFiles.map((file) => file.name);
/** The images of 60,000 take 47 MB. */
const mostBytes = 1 << 26;

/** SHA-256 of the official files' unpacked bytes: a mirror may have compressed them anew. */
export const officialUnpacked: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte.gz': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels-idx1-ubyte.gz': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte.gz': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels-idx1-ubyte.gz': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.object({
  count: z.number().int(),
  files: z.record(z.string(), z.object({ unpackedSha256: hash })),
  contents: z.object({
    'train.images': hash,
    'train.labels': hash,
    'validation.images': hash,
    'validation.labels': hash,
  }),
});

/** What scripts/embed-fashion-mnist.ts wrote down. */
async function embeddedRecord(): Promise<z.infer<typeof recordSchema>> {
  return recordSchema.parse(JSON.parse(await readFile(join(embeddedFolder, 'checksums.json'), 'utf8')));
}

/** How many training images are embedded; more than that needs the whole set. */
export const embeddedCount = 10_000;

/** Where the whole set is kept once fetched. */
export const fetchedFolder = (cacheFolder: string): string => join(cacheFolder, 'fashion-mnist');

/** Where the whole set is: in the cache, in Keras's folder or in a torchvision root; undefined where it is in none. */
export function findWhole(cacheFolder: string): { readonly place: Place; readonly folder: string } | undefined {
  return places(cacheFolder)
    .flatMap((place) =>
      ['fashion-mnist', join('FashionMNIST', 'raw'), ...(place.name === 'WARPNET_DATA' ? ['.'] : [])].map((inside) => ({
        place,
        folder: join(place.folder, inside),
      })),
    )
    .find(({ folder }) => fileNames.every((file) => packedOrNot(folder, file) !== undefined));
}

/** The path of a file, or of what somebody has unpacked it to. */
function packedOrNot(folder: string, file: string): string | undefined {
  return [file, file.replace(/\.gz$/, '')]
    .map((each) => join(folder, each))
    .find((path) => {
      try {
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/** Where the checksum of the whole set's first `count` training images is remembered. */
export const fetchedChecksumRecord = (cacheFolder: string, count: number): string =>
  join(cacheFolder, 'checksums', `${name}-${count}.json`);

/** Reads one gzipped IDX file and compares its unpacked bytes with what is known of it. */
async function readPart(
  folder: string,
  prefix: 'train' | 't10k',
  known: Readonly<Record<string, string | undefined>>,
): Promise<StoredImages> {
  const read = async (file: string): Promise<Uint8Array> => {
    const path = packedOrNot(folder, file) ?? join(folder, file);
    const corrupt = (what: string): Problem =>
      new Problem(
        'DATA_CORRUPT',
        `${path}: ${what}`,
        'Restore it from git, or fetch it again: npm run reproduce -- data fashion-mnist --force',
      );
    let bytes: Uint8Array;
    try {
      const packed = await readRegularFile(path, mostBytes);
      bytes = path.endsWith('.gz') ? await promisify(gunzip)(packed, { maxOutputLength: mostBytes }) : packed;
    } catch (error) {
      throw corrupt(`cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
    if (sha256(bytes) !== known[file]) throw corrupt('its SHA-256 is not the recorded one');
    return parseIdx(bytes, path).data;
  };
  const [pixels, labels] = await Promise.all([
    read(`${prefix}-images-idx3-ubyte.gz`),
    read(`${prefix}-labels-idx1-ubyte.gz`),
  ]);
  return { count: labels.length, shape, pixels, labels: Int32Array.from(labels) };
}

/** Unpacked SHA-256 of each file of `folder`. */
async function knownOf(folder: string): Promise<Record<string, string | undefined>> {
  if (folder !== embeddedFolder) return officialUnpacked;
  const { files } = await embeddedRecord();
  return Object.fromEntries(Object.entries(files).map(([file, { unpackedSha256 }]) => [file, unpackedSha256]));
}

/** @throws Problem DATA_MISSING */
function folderFor({ cacheFolder, trainImages }: DatasetOptions): string {
  if (trainImages === null || trainImages <= embeddedCount) return embeddedFolder;
  const whole = findWhole(cacheFolder);
  if (whole === undefined)
    throw new Problem(
      'DATA_MISSING',
      `Only the first ${embeddedCount} training images of Fashion-MNIST are here, and ${trainImages} are asked for`,
      'Fetch the whole set: npm run reproduce -- data fashion-mnist',
    );
  return whole.folder;
}

/** The files of a folder that has the whole set. */
export const wholeFiles = (folder: string): string[] =>
  fileNames.map((file) => packedOrNot(folder, file) ?? join(folder, file));

/** `trainImages: null` is the embedded 10,000, whether or not the whole set has been fetched. */
export async function openFashionMnist(options: DatasetOptions): Promise<Dataset> {
  const folder = folderFor(options);
  const known = await knownOf(folder);
  const [train, validation] = await Promise.all([readPart(folder, 'train', known), readPart(folder, 't10k', known)]);
  const count = options.trainImages ?? embeddedCount;
  const description = `${describeCount(name, count)}, 28x28 grey padded to 32x32x3`;
  return memoryDataset(name, firstImages(train, count), validation, description);
}

/** From what is recorded where the embedded images are used; else computed once and remembered. */
export async function fashionMnistChecksum(options: DatasetOptions): Promise<string> {
  const folder = folderFor(options);
  const count = options.trainImages ?? embeddedCount;
  if (folder === embeddedFolder) {
    const { contents, count: validationCount } = await embeddedRecord();
    const part = (of: 'train' | 'validation', items: number): PartChecksum => ({
      count: items,
      shape,
      images: contents[`${of}.images`],
      labels: contents[`${of}.labels`],
    });
    const train =
      count === embeddedCount
        ? part('train', count)
        : partChecksum(firstImages(await readPart(folder, 'train', await knownOf(folder)), count));
    return datasetChecksumOf(name, catalogue[name].classes, train, part('validation', validationCount));
  }
  return await checksumOfFiles(
    fetchedChecksumRecord(options.cacheFolder, count),
    wholeFiles(folder),
    async () => (await openFashionMnist(options)).checksum,
  );
}
