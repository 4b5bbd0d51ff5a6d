import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openCifar } from '../../datasets/sets/cifar.js';
import { parseCifar } from '../../datasets/sets/cifar-part.js';
import type { Dataset } from '../../datasets/dataset.js';
import { datasetChecksum, openDataset } from '../../datasets/open.js';
import { datasetStatus, standInSentence } from '../../datasets/status.js';
import { pickled, put, smallCifar } from './support/cifar-files.js';
import { pixel, python3 } from './support/imagenet32-files.js';
import { temporaryFolder } from './support/temporary-folder.js';

let home: string;
let cacheFolder: string;

beforeEach(async () => {
  home = await temporaryFolder();
  cacheFolder = join(home, 'cache');
  vi.stubEnv('HOME', home);
  vi.stubEnv('KERAS_HOME', undefined);
  vi.stubEnv('WARPNET_DATA', undefined);
});

function read(set: Dataset['train']): { pixels: Buffer; labels: number[] } {
  const indices = Int32Array.from({ length: set.count }, (_, n) => n);
  const pixels = new Uint8Array(set.count * 3072).fill(99);
  const labels = new Int32Array(set.count);
  expect(set.read(indices, pixels, labels)).toBeUndefined();
  return { pixels: Buffer.from(pixels), labels: [...labels] };
}

/** Images numbered from `first`, their channels last. */
const interleaved = (first: number, count: number): Buffer =>
  Buffer.from(
    Array.from({ length: count * 3072 }, (_, o) => {
      const inside = o % 3072;
      return pixel(first + Math.floor(o / 3072), (inside % 3) * 1024 + Math.floor(inside / 3));
    }),
  );

const small = { cifar10: smallCifar('cifar10'), cifar100: smallCifar('cifar100') };
type Lay = (name: 'cifar10' | 'cifar100') => Promise<void>;

const contents = (name: 'cifar10' | 'cifar100', form: 0 | 1) => small[name].contents[form] ?? {};
const folder = (name: 'cifar10' | 'cifar100', form: 0 | 1) => small[name].files.layouts[form]?.folder ?? '';
const archive = (name: 'cifar10' | 'cifar100', form: 0 | 1) => small[name].archives[form] ?? Buffer.alloc(0);
const archiveName = (name: 'cifar10' | 'cifar100', form: 0 | 1) => small[name].files.layouts[form]?.archive.name ?? '';

/** The shapes in which people have it, and some of the places. */
const shapes: readonly (readonly [string, Lay])[] = [
  ['the binary files in the cache', async (name) => put(join(cacheFolder, folder(name, 0)), contents(name, 0))],
  ['the pickles in a torchvision root', async (name) => put(join(home, 'data', folder(name, 1)), contents(name, 1))],
  ['the binary archive in the cache', async (name) => put(cacheFolder, { [archiveName(name, 0)]: archive(name, 0) })],
  [
    'the python archive in the folder of WARPNET_DATA',
    async (name) => {
      vi.stubEnv('WARPNET_DATA', `/nowhere:${join(home, 'mine')}`);
      await put(join(home, 'mine'), { [archiveName(name, 1)]: archive(name, 1) });
    },
  ],
  [
    'the archive under the name that Keras gives it',
    async (name) => put(join(home, '.keras', 'datasets'), { [`${folder(name, 1)}.tar.gz`]: archive(name, 1) }),
  ],
  [
    'the pickles where Keras 3 unpacks them',
    async (name) =>
      put(join(home, '.keras', 'datasets', `${folder(name, 1)}-target`, folder(name, 1)), contents(name, 1)),
  ],
  [
    'the folder itself, named by WARPNET_DATA',
    async (name) => {
      vi.stubEnv('WARPNET_DATA', join(home, 'elsewhere'));
      await put(join(home, 'elsewhere'), contents(name, 0));
    },
  ],
];

describe.each(['cifar10', 'cifar100'] as const)('%s is found and read from', (name) => {
  it.each(shapes)('%s', async (_, lay) => {
    await lay(name);
    const { files } = small[name];
    const dataset = await openCifar(name, { cacheFolder, trainImages: null }, files);
    const trained = 2 * ((files.layouts[0]?.files.length ?? 0) - 1);
    const train = read(dataset.train);
    expect(train.labels).toEqual(Array.from({ length: trained }, (_n, n) => n % 10));
    expect(train.pixels.equals(interleaved(0, trained))).toBe(true);
    const validation = read(dataset.validation);
    expect(validation.labels).toEqual([0, 1, 2].map((n) => (trained + n) % 10));
    expect(validation.pixels.equals(interleaved(trained, 3))).toBe(true);
    // The same images are the same data set, whatever they came in.
    await put(join(home, 'again', folder(name, 0)), contents(name, 0));
    const again = await openCifar(name, { cacheFolder: join(home, 'again'), trainImages: null }, files);
    expect(dataset.checksum).toBe(again.checksum);
    expect((await datasetStatus(cacheFolder)).find((status) => status.name === name)?.available).toBe(true);
  });
});

describe('CIFAR’s files', () => {
  const { files } = small.cifar10;
  const open = () => openCifar('cifar10', { cacheFolder, trainImages: null }, files);

  it('are only read where other programs keep them', async () => {
    const keras = join(home, '.keras', 'datasets');
    await put(keras, { 'cifar-10-batches-py.tar.gz': archive('cifar10', 1) });
    await open();
    expect(await readdir(keras)).toEqual(['cifar-10-batches-py.tar.gz']);
    expect(await readdir(home)).toEqual(['.keras']);
  });

  it('may have been pickled anew, as long as the images are the official ones', async () => {
    const { layouts } = files;
    const target = join(home, 'data', folder('cifar10', 1));
    const names = layouts[1]?.files ?? [];
    const anew = names.map((file, at) => [file, pickled('cifar10', 2 * at, at === 5 ? 3 : 2, python3)] as const);
    await put(target, Object.fromEntries(anew));
    expect((await open()).train.count).toBe(10);
    const bytes = pickled('cifar10', 0, 2, python3);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await put(target, { data_batch_1: bytes });
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining(join(target, 'data_batch_1')) as string,
      hint: 'Fetch it again: npm run reproduce -- data cifar10 --force',
    });
  });

  it('that are damaged in one place do not hide sound ones in another', async () => {
    await put(cacheFolder, { [archiveName('cifar10', 0)]: archive('cifar10', 0).subarray(0, 9000) });
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining(archiveName('cifar10', 0)) as string,
    });
    await put(join(home, '.keras', 'datasets'), { 'cifar-10-batches-py_archive': archive('cifar10', 1) });
    expect((await open()).train.count).toBe(10);
  });

  it('with a changed byte or cut off are refused', async () => {
    const target = join(cacheFolder, folder('cifar10', 0));
    await put(target, contents('cifar10', 0));
    const path = join(target, 'data_batch_2.bin');
    const sound = await readFile(path);
    const changed = Buffer.from(sound);
    changed[5000] = (changed[5000] ?? 0) ^ 1;
    for (const bytes of [changed, sound.subarray(0, 3073)]) {
      await writeFile(path, bytes);
      await expect(open()).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    }
    expect(() => parseCifar(sound.subarray(0, 5000), 1, 'x')).toThrow(
      '5000 bytes are not a whole number of 3073-byte records',
    );
  });

  it('of which fewer images are taken are another data set', async () => {
    await put(cacheFolder, { [archiveName('cifar10', 1)]: archive('cifar10', 1) });
    const part = await openCifar('cifar10', { cacheFolder, trainImages: 4 }, files);
    expect(part.train.count).toBe(4);
    expect(part.checksum).not.toBe((await open()).checksum);
    expect(part.description).toContain('first 4 training images');
  });

  it('other than the official ones are refused', async () => {
    await put(join(cacheFolder, 'cifar-100-binary'), {
      'train.bin': Buffer.alloc(3074),
      'test.bin': Buffer.alloc(3074),
    });
    await expect(openDataset('cifar100', { cacheFolder, trainImages: null })).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      hint: 'Fetch it again: npm run reproduce -- data cifar100 --force',
    });
  });

  it.each(['cifar10', 'cifar100', 'stl10'])('of %s that are nowhere: the one command is said', async (name) => {
    for (const ask of [openDataset, datasetChecksum])
      await expect(ask(name, { cacheFolder, trainImages: null })).rejects.toMatchObject({
        code: 'DATA_MISSING',
        hint: `Fetch it: npm run reproduce -- data ${name}`,
      });
  });
});

describe('the status of CIFAR-10', () => {
  const status = async () => {
    const found = (await datasetStatus(cacheFolder)).find(({ name }) => name === 'cifar10');
    if (found === undefined) throw new Error('CIFAR-10 has no status');
    return found;
  };

  it('says what stands in for it, and the one command that changes that', async () => {
    const missing = await status();
    expect(missing).toMatchObject({
      available: false,
      place: null,
      folder: join(cacheFolder, 'cifar-10-batches-bin'),
      standIn: 'fashion-mnist',
      command: 'npm run reproduce -- data cifar10',
    });
    expect(standInSentence(missing)).toBe(
      'CIFAR-10 is not here: Fashion-MNIST stands in. To change that: npm run reproduce -- data cifar10 (downloads 170 MB)',
    );
  });

  it('says where it was found, and looks past a folder that lacks a file', async () => {
    await mkdir(join(cacheFolder, 'cifar-10-batches-bin'), { recursive: true });
    const keras = join(home, '.keras', 'datasets');
    await put(keras, { 'cifar-10-batches-py.tar.gz': Buffer.alloc(5) });
    const found = await status();
    expect(found).toMatchObject({
      available: true,
      place: 'keras',
      description: 'all images, still packed, as Keras keeps them',
      folder: join(keras, 'cifar-10-batches-py.tar.gz'),
      bytes: 5,
      standIn: null,
      command: null,
    });
    expect(standInSentence(found)).toBeNull();
  });
});
