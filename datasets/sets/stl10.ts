/** STL-10 (Coates et al., 2011) from its binary files: labelled images of 96x96 pixels; the unlabelled ones are not used. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../../harness/core/problem.js';
import type { DatasetOptions } from '../catalogue.js';
import { checksumOfFiles } from './checksum-cache.js';
import type { Dataset } from '../dataset.js';
import type { FetchedLayout } from '../download/fetch-archive.js';
import { describeCount, memoryDataset } from './memory-dataset.js';
import { filesOf, findSources, firstSound, readSource, type Source } from '../sources.js';
import { firstImages, type StoredImages } from './stored.js';

const name = 'stl10';
const side = 96;

/** Sums as torchvision checks them; the owners publish none. */
export const stl10Layout: FetchedLayout = {
  folder: 'stl10_binary',
  archives: ['stl10_binary.tar.gz'],
  files: ['train_X.bin', 'train_y.bin', 'test_X.bin', 'test_y.bin'],
  archive: { name: 'stl10_binary.tar.gz', md5: '91f7769df0f17e558f3565bffb0c7dfb' },
  addresses: ['http://ai.stanford.edu/~acoates/stl10/'],
  sums: {
    'train_X.bin': '918c2871b30a85fa023e0c44e0bee87f',
    'train_y.bin': '5a34089d4802c674881badbb80307741',
    'test_X.bin': '7f263ba9f9e0b06b93213547f721ac82',
    'test_y.bin': '36f9794fa4beb8a2c72628de14fa638e',
  },
};

/** What is there of it, sound or not. */
export const stl10Sources = (cacheFolder: string, layout: FetchedLayout = stl10Layout) =>
  findSources([layout], cacheFolder);

const missing = (cacheFolder: string): Problem =>
  new Problem(
    'DATA_MISSING',
    `STL-10 is neither in ${cacheFolder} nor where torchvision or WARPNET_DATA have it`,
    'Fetch it: npm run reproduce -- data stl10',
  );

/**
 * Opens the set; its files have to be those of `layout`, the official ones unless a test says otherwise.
 * @throws Problem DATA_MISSING, DATA_CORRUPT
 */
export async function openStl10(
  { cacheFolder, trainImages }: DatasetOptions,
  layout: FetchedLayout = stl10Layout,
): Promise<Dataset> {
  const { train, validation } = await firstSound(stl10Sources(cacheFolder, layout), readParts, () =>
    missing(cacheFolder),
  );
  return memoryDataset(
    name,
    firstImages(train, trainImages ?? train.count),
    validation,
    describeCount(name, trainImages),
  );
}

async function readParts(source: Source<FetchedLayout>): Promise<{ train: StoredImages; validation: StoredImages }> {
  const files = new Map<string, Buffer>();
  const { path, layout } = source;
  const wrong = (file: string, what: string): Problem =>
    new Problem(
      'DATA_CORRUPT',
      `${join(path, file)}: ${what}`,
      'Fetch it again: npm run reproduce -- data stl10 --force',
    );
  await readSource(source, (file, bytes) => {
    if (createHash('md5').update(bytes).digest('hex') !== layout.sums[file])
      throw wrong(file, `its MD5 is not that of the official file (${bytes.length} bytes)`);
    files.set(file, bytes);
  });
  const part = (which: 'train' | 'test'): StoredImages => {
    const [images, labels] = [files.get(`${which}_X.bin`), files.get(`${which}_y.bin`)];
    if (images === undefined || labels === undefined) throw new Error('Internal error: a file was not read');
    const size = 3 * side * side;
    if (labels.length === 0 || images.length !== labels.length * size)
      throw wrong(`${which}_X.bin`, `${images.length} bytes are not ${labels.length} images of ${size}`);
    return parseStl10(images, labels);
  };
  return { train: part('train'), validation: part('test') };
}

/** Planes that go down their columns first become planes of rows; labels count from 1 in the files. */
export function parseStl10(images: Uint8Array, labels: Uint8Array): StoredImages {
  const pixels = new Uint8Array(images.length);
  for (let plane = 0; plane < images.length; plane += side * side)
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++)
        pixels[plane + row * side + column] = images[plane + column * side + row] as number;
  return {
    count: labels.length,
    shape: [3, side, side],
    pixels,
    labels: Int32Array.from(labels, (label) => label - 1),
  };
}

/** Where the checksum of the first `trainImages` training images is remembered, and of which files it is. */
export function stl10ChecksumRecord(
  cacheFolder: string,
  trainImages: number | null,
  sources: readonly Source[] = stl10Sources(cacheFolder),
): [record: string, files: string[]] {
  return [join(cacheFolder, 'checksums', `${name}-${trainImages ?? 'all'}.json`), sources.flatMap(filesOf)];
}

/** Computed by opening the set once, then remembered in the cache. @throws Problem as `openStl10` */
export async function stl10Checksum(options: DatasetOptions): Promise<string> {
  const { cacheFolder, trainImages } = options;
  const sources = stl10Sources(cacheFolder);
  if (sources.length === 0) throw missing(cacheFolder);
  return await checksumOfFiles(
    ...stl10ChecksumRecord(cacheFolder, trainImages, sources),
    async () => (await openStl10(options)).checksum,
  );
}
