import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CifarFiles } from '../../datasets/cifar.js';
import { sha256 } from '../../datasets/checksum.js';
import { checkSpace } from '../../datasets/disk-space.js';
import { fetchCifar, fetchDataset, fetchFashionMnist } from '../../datasets/fetch.js';
import { datasetStatus } from '../../datasets/status.js';
import { dropAfter, fileServer } from './file-server.js';
import { tarEntry } from './tar-entry.js';
import { temporaryFolder } from './temporary-folder.js';

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** An archive like CIFAR-10's, with two small files, and what should be known of it. */
function smallArchive(): { archive: Buffer; file: { name: string; md5: string; size: number }; files: CifarFiles } {
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
    file: { name: 'archive.tar.gz', md5: md5(archive), size: archive.length },
    files: {
      folder: 'unpacked',
      labelBytes: 1,
      train: ['train.bin'],
      validation: 'test.bin',
      sha256: { 'train.bin': sha256(train), 'test.bin': sha256(test) },
    },
  };
}

const quickly = { backoffMilliseconds: 1, stallMilliseconds: 2000, attempts: 2 };

describe('fetchCifar', () => {
  it('downloads, checks, unpacks what is read, and leaves nothing else', async () => {
    const cacheFolder = await temporaryFolder();
    const { archive, file, files } = smallArchive();
    const server = await fileServer(archive);
    server.script.push(dropAfter(3000));
    // What a killed predecessor left.
    await mkdir(join(cacheFolder, 'unpacked.0b5c'));
    const progress: number[] = [];
    await fetchCifar(
      'cifar10',
      {
        cacheFolder,
        mirrors: [`${server.address}data`],
        ...quickly,
        progress: ({ received }) => {
          server.clientHas(received);
          progress.push(received);
        },
      },
      file,
      files,
    );
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
    const { archive, file, files } = smallArchive();
    const server = await fileServer(archive);
    const options = { cacheFolder, mirrors: [server.address], ...quickly };
    const otherMd5 = { ...file, md5: md5(Buffer.from('other')) };
    await expect(fetchCifar('cifar10', options, otherMd5, files)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('its MD5 is') as string,
    });
    const otherContent = { ...files, sha256: { ...files.sha256, 'test.bin': sha256('other') } };
    await expect(fetchCifar('cifar10', options, file, otherContent)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('test.bin is not the official one') as string,
    });
    const more = { ...files, validation: 'validation.bin' };
    await expect(fetchCifar('cifar10', options, file, more)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('it has no validation.bin') as string,
    });
    expect(await readFile(join(cacheFolder, 'unpacked', 'train.bin'), 'utf8')).toBe('older');
    expect(await readdir(join(cacheFolder, 'unpacked'))).toEqual(['train.bin']);
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
    expect(server.requests.map(({ path }) => path)).toEqual(['/kriz/cifar-100-binary.tar.gz']);
    expect(await readdir(cacheFolder)).toEqual([]);
  });
});

describe('checkSpace', () => {
  it('refuses what does not fit, and says how much is there', async () => {
    const folder = await temporaryFolder();
    await checkSpace(folder, 1, 'A byte');
    await expect(checkSpace(folder, 1e18, 'The universe')).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/^The universe needs 1000000 TB, and .* has [\d.]+ [kMGT]?B free$/) as string,
    });
  });
});

describe('datasetStatus', () => {
  it('on a fresh clone: the embedded images are here, the rest say how to get them', async () => {
    const cacheFolder = await temporaryFolder();
    const status = await datasetStatus(cacheFolder);
    expect(status.map(({ name, available }) => [name, available])).toEqual([
      ['cifar10', false],
      ['cifar100', false],
      ['imagenet32', false],
      ['fashion-mnist', true],
      ['synthetic', true],
    ]);
    expect(status[0]).toMatchObject({
      folder: join(cacheFolder, 'cifar-10-batches-bin'),
      missing: 'npm run reproduce -- data cifar10 (downloads 170 MB)',
    });
    expect(status[2]?.missing).toContain(join(cacheFolder, 'imagenet32'));
    expect(status[3]).toMatchObject({
      trainImages: 10_000,
      checksum: '583039625232c2368f14f787f02cada25aea4ac8059bc6f78469004c5a505534',
    });
  });
});
