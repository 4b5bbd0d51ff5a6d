import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../datasets/sets/checksum.js';
import { fetchFirst, type FetchedLayout } from '../../datasets/download/fetch-archive.js';
import { fetchFashionMnist } from '../../datasets/download/fetch-files.js';
import { fetchDataset } from '../../datasets/fetch.js';
import { checkSpace } from '../../harness/core/files/disk-space.js';
import { datasetStatus } from '../../datasets/status.js';
import { dropAfter, fileServer, status } from './support/file-server.js';
import { tarEntry } from './support/tar-entry.js';
import { temporaryFolder } from './support/temporary-folder.js';

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** An archive like CIFAR-10's, with two small files, and what should be known of it. */
function smallArchive(): { archive: Buffer; layout: FetchedLayout } {
  const train = Buffer.alloc(3 * 3073, 3);
  const test = Buffer.alloc(3073, 7);
  const archive = gzipSync(
    Buffer.concat([
      tarEntry('cifar/readme.html', Buffer.from('hello')),
      tarEntry('cifar/train.bin', train),
      tarEntry('cifar/test.bin', test),
      Buffer.alloc(1024),
    ]),
    { level: 0 },
  );
  return {
    archive,
    layout: {
      folder: 'unpacked',
      archives: ['archive.tar.gz'],
      files: ['train.bin', 'test.bin'],
      archive: { name: 'archive.tar.gz', md5: md5(archive), size: archive.length },
      addresses: [],
      // An MD5 and a SHA-256: either may be known.
      sums: { 'train.bin': md5(train), 'test.bin': sha256(test) },
    },
  };
}

beforeEach(async () => {
  // What the user of this machine has is not looked at.
  vi.stubEnv('HOME', await temporaryFolder());
  vi.stubEnv('KERAS_HOME', undefined);
  vi.stubEnv('WARPNET_DATA', undefined);
});

const quickly = { backoffMilliseconds: 1, stallMilliseconds: 2000, attempts: 2 };

describe('fetchFirst', () => {
  it('downloads, checks, unpacks what is read, and leaves nothing else', async () => {
    const cacheFolder = await temporaryFolder();
    const { archive, layout } = smallArchive();
    const server = await fileServer(archive);
    server.script.push(dropAfter(3000));
    // What a killed predecessor left.
    await mkdir(join(cacheFolder, 'unpacked.0b5c'));
    const progress: number[] = [];
    await fetchFirst([layout], {
      cacheFolder,
      mirrors: [`${server.address}data`],
      ...quickly,
      progress: ({ received }) => {
        server.clientHas(received);
        progress.push(received);
      },
    });
    expect(server.requests.map(({ path, range }) => [path, range])).toEqual([
      ['/data/archive.tar.gz', undefined],
      ['/data/archive.tar.gz', 'bytes=3000-'],
    ]);
    expect(progress.at(-1)).toBe(archive.length);
    expect(await readdir(cacheFolder)).toEqual(['unpacked']);
    expect((await readdir(join(cacheFolder, 'unpacked'))).sort()).toEqual(['test.bin', 'train.bin']);
    expect((await readFile(join(cacheFolder, 'unpacked', 'train.bin'))).equals(Buffer.alloc(3 * 3073, 3))).toBe(true);
  });

  it('keeps what was there when the archive is not the official one', async () => {
    const cacheFolder = await temporaryFolder();
    await mkdir(join(cacheFolder, 'unpacked'));
    await writeFile(join(cacheFolder, 'unpacked', 'train.bin'), 'older');
    const { archive, layout } = smallArchive();
    const server = await fileServer(archive);
    const options = { cacheFolder, mirrors: [server.address], ...quickly };
    const otherMd5 = { ...layout, archive: { ...layout.archive, md5: md5(Buffer.from('other')) } };
    await expect(fetchFirst([otherMd5], options)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('its MD5 is') as string,
    });
    const otherContent = { ...layout, sums: { ...layout.sums, 'test.bin': sha256('other') } };
    await expect(fetchFirst([otherContent], options)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('test.bin is not the official one') as string,
    });
    const more = { ...layout, files: [...layout.files, 'validation.bin'] };
    await expect(fetchFirst([more], options)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('it has no validation.bin') as string,
    });
    expect(await readFile(join(cacheFolder, 'unpacked', 'train.bin'), 'utf8')).toBe('older');
    expect(await readdir(join(cacheFolder, 'unpacked'))).toEqual(['train.bin']);
  });

  it('takes the other form from a second address when the first has nothing, or nothing sound', async () => {
    const cacheFolder = await temporaryFolder();
    const { archive, layout } = smallArchive();
    const [gone, wrong, mirror] = [
      await fileServer(archive),
      await fileServer(Buffer.from('<html>')),
      await fileServer(archive),
    ];
    gone.script.push(status(404));
    const first = { ...layout, folder: 'first', addresses: [gone.address, wrong.address] };
    await fetchFirst([first, { ...layout, addresses: [mirror.address] }], { cacheFolder, ...quickly });
    expect(await readdir(cacheFolder)).toEqual(['unpacked']);
    expect([gone, wrong, mirror].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
  });

  it.each([
    ['cut off', (archive: Buffer) => archive.subarray(0, 5000)],
    ['of the right length and damaged', (archive: Buffer) => Buffer.from(archive).fill(0, 100, 200)],
  ])('discards an archive that lies there, %s, says so, and fetches it again', async (_, damage) => {
    const cacheFolder = await temporaryFolder();
    const { archive, layout } = smallArchive();
    const server = await fileServer(archive);
    await writeFile(join(cacheFolder, 'archive.tar.gz'), damage(archive));
    const told: string[] = [];
    await fetchFirst([layout], {
      cacheFolder,
      mirrors: [server.address],
      ...quickly,
      notice: (text) => told.push(text),
    });
    expect(told).toEqual([
      expect.stringContaining(`${join(cacheFolder, 'archive.tar.gz')} is damaged and is fetched again`),
    ]);
    expect(await readdir(cacheFolder)).toEqual(['unpacked']);
  });

  it('uses a sound archive that lies there, and asks nobody', async () => {
    const cacheFolder = await temporaryFolder();
    const { archive, layout } = smallArchive();
    await writeFile(join(cacheFolder, 'archive.tar.gz'), archive);
    await fetchFirst([layout], { cacheFolder, mirrors: ['http://nobody.invalid/'], ...quickly });
    expect(await readdir(cacheFolder)).toEqual(['unpacked']);
  });
});

describe('fetchFashionMnist', () => {
  it('fetches each file, and refuses one that is neither the official file nor the official content', async () => {
    const cacheFolder = await temporaryFolder();
    const bytes = gzipSync('anything');
    const server = await fileServer(bytes);
    const options = { cacheFolder, mirrors: [server.address], ...quickly };
    await fetchFashionMnist(options, [{ name: 'one.gz', md5: md5(bytes) }]);
    expect(await readdir(join(cacheFolder, 'fashion-mnist'))).toEqual(['one.gz']);
    const wanted = { name: 'train-labels-idx1-ubyte.gz', md5: '25c81989df183df01b3e8a0aad5dffbe' };
    await expect(fetchFashionMnist(options, [wanted])).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    expect(await readdir(join(cacheFolder, 'fashion-mnist'))).toEqual(['one.gz']);
  });
});

describe('fetchDataset', () => {
  it.each([
    ['imagenet32', 'DATA_ACCOUNT_NEEDED'],
    ['synthetic', 'DATASET_UNKNOWN'],
    ['cifar', 'DATASET_UNKNOWN'],
  ])('does not fetch %s', async (name, code) => {
    await expect(fetchDataset(name, { cacheFolder: await temporaryFolder() })).rejects.toMatchObject({ code });
  });

  it('says where ImageNet32 has to be put', async () => {
    const cacheFolder = await temporaryFolder();
    await expect(fetchDataset('imagenet32', { cacheFolder })).rejects.toMatchObject({
      hint: expect.stringContaining(`into ${join(cacheFolder, 'imagenet32')}`) as string,
    });
  });

  it.each([
    ['where nothing can be made', () => '/proc/none', 'NOT_WRITABLE'],
    [
      'that is a file',
      (folder: string) => {
        writeFileSync(join(folder, 'file'), '');
        return join(folder, 'file');
      },
      'FILE_TROUBLE',
    ],
    [
      'with a folder where the lock goes',
      (folder: string) => {
        mkdirSync(join(folder, 'cifar10.lock'));
        return folder;
      },
      'FILE_TROUBLE',
    ],
  ])('does not hang at a cache %s', async (_, cache, code) => {
    const cacheFolder = cache(await temporaryFolder());
    await expect(fetchDataset('cifar10', { cacheFolder })).rejects.toMatchObject({
      code,
      hint: expect.stringContaining('--data-cache') as string,
    });
  });

  it('of ImageNet32 names the batch that is missing, and an archive that nobody has unpacked', async () => {
    const cacheFolder = await temporaryFolder();
    const folder = join(cacheFolder, 'imagenet32');
    await mkdir(folder);
    for (const number of [1, 2, 3, 4, 5, 6, 8, 9, 10]) await writeFile(join(folder, `train_data_batch_${number}`), '');
    await writeFile(join(folder, 'val_data'), '');
    await expect(fetchDataset('imagenet32', { cacheFolder })).rejects.toMatchObject({
      code: 'DATA_MISSING',
      message: `ImageNet32: train_data_batch_7 is missing in ${folder}`,
    });
    expect((await datasetStatus(cacheFolder)).find(({ name }) => name === 'imagenet32')).toMatchObject({
      available: false,
      description: `not whole: train_data_batch_7 is missing in ${folder}`,
    });
    await writeFile(join(folder, 'Imagenet32_train_npz.zip'), '');
    await expect(fetchDataset('imagenet32', { cacheFolder })).rejects.toMatchObject({
      hint: 'Unpack Imagenet32_train_npz.zip there.',
    });
  });

  it.each(['nonsense', 'ftp://example.org/data/'])('refuses the mirror %s', async (mirror) => {
    await expect(
      fetchDataset('cifar10', { cacheFolder: await temporaryFolder(), mirrors: [mirror] }),
    ).rejects.toMatchObject({ code: 'MIRROR_INVALID' });
  });

  it('asks a mirror for the official name, and refuses another archive by its length alone', async () => {
    const server = await fileServer(smallArchive().archive);
    const cacheFolder = await temporaryFolder();
    await expect(
      fetchDataset('cifar100', { cacheFolder, mirrors: [`${server.address}kriz/`], ...quickly }),
    ).rejects.toMatchObject({ code: 'DATA_CORRUPT', message: expect.stringContaining('168513733') as string });
    // Either form will do.
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/kriz/cifar-100-binary.tar.gz',
      '/kriz/cifar-100-python.tar.gz',
    ]);
    expect(await readdir(cacheFolder)).toEqual([]);
  });
});

describe('checkSpace', () => {
  it('refuses what does not fit, and says how much is there', async () => {
    const folder = await temporaryFolder();
    await checkSpace(folder, 1, 'A byte', '');
    await expect(checkSpace(folder, 1e18, 'The universe', '')).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/^The universe needs 1000000 TB, and .* has [\d.]+ [kMGT]?B free$/) as string,
    });
  });
});

describe('datasetStatus', () => {
  it('on a fresh clone: the embedded images are here, the rest say how to get them', async () => {
    const cacheFolder = await temporaryFolder();
    const all = await datasetStatus(cacheFolder);
    expect(all.map(({ name, available }) => [name, available])).toEqual([
      ['cifar10', false],
      ['cifar100', false],
      ['imagenet32', false],
      ['stl10', false],
      ['fashion-mnist', true],
      ['synthetic', true],
    ]);
    expect(all[0]).toMatchObject({
      folder: join(cacheFolder, 'cifar-10-batches-bin'),
      missing: 'npm run reproduce -- data cifar10 (downloads 170 MB)',
    });
    expect(all[2]?.missing).toContain(join(cacheFolder, 'imagenet32'));
    expect(all[4]).toMatchObject({
      trainImages: 10_000,
      checksum: '583039625232c2368f14f787f02cada25aea4ac8059bc6f78469004c5a505534',
    });
  });
});
