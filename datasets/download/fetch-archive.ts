/** Fetches an official archive and unpacks what is read of it. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSpace } from '../../harness/core/files/disk-space.js';
import { orSystemProblem } from '../../harness/core/system-problem.js';
import { Problem } from '../../harness/core/problem.js';
import type { OfficialFile } from '../catalogue.js';
import { fileDigest } from './digest.js';
import { download } from './download.js';
import { flush } from './durable.js';
import { elsewhere } from '../elsewhere.js';
import { downloadOptions, type FetchOptions } from './fetch-files.js';
import { asCorrupt, unpacked, type Layout } from '../sources.js';
import { readTar } from '../formats/tar.js';

/** A layout that can be fetched. */
export interface FetchedLayout extends Layout {
  readonly archive: OfficialFile;
  /** MD5 (32 digits) or SHA-256 (64) of each file. */
  readonly sums: Readonly<Record<string, string>>;
  /** Folders that have the archive, as addresses; the checksum decides. */
  readonly addresses: readonly string[];
}

/**
 * Fetches the first of these layouts that can be had: where the owners cannot be reached, a mirror may have the other form.
 * @throws Problem of the first, with what became of the others
 */
export async function fetchFirst(layouts: readonly FetchedLayout[], options: FetchOptions): Promise<void> {
  const problems: Problem[] = [];
  for (const layout of layouts)
    try {
      await fetchArchive(layout, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Problem) || !['DOWNLOAD_FAILED', 'DOWNLOAD_REFUSED', 'DATA_CORRUPT'].includes(error.code))
        throw error;
      problems.push(error);
    }
  const [first, ...others] = problems;
  if (first === undefined) throw new Error('Internal error: nothing to fetch');
  if (others.length === 0) throw first;
  throw new Problem(first.code, problems.map(({ message }) => message).join('; '), first.hint);
}

async function fetchArchive(layout: FetchedLayout, options: FetchOptions): Promise<void> {
  const { archive, addresses } = layout;
  const target = join(options.cacheFolder, archive.name);
  await download({
    ...downloadOptions(archive, addresses, target, options),
    async verify(path) {
      const md5 = await fileDigest('md5', path);
      return md5 === archive.md5 ? undefined : `its MD5 is ${md5}, not ${archive.md5}`;
    },
  });
  await unpackArchive(target, options.cacheFolder, layout);
  await rm(target, { force: true });
}

/**
 * Unpacks the files that are read, and no others, into a new folder that then takes the old one's place.
 * @throws Problem DATA_CORRUPT, DISK_FULL, NOT_WRITABLE
 */
async function unpackArchive(archive: string, cacheFolder: string, layout: FetchedLayout): Promise<void> {
  // Images hardly compress: 1.2 times the archive is enough.
  await checkSpace(cacheFolder, (await stat(archive)).size * 1.2, archive, elsewhere);
  const target = join(cacheFolder, layout.folder);
  const working = `${target}.${randomUUID()}`;
  await orSystemProblem({ path: target, doing: `unpack ${archive} into`, elsewhere }, async () => {
    // Whoever left such a folder was killed: no one else works on this set at the same time.
    for (const left of await readdir(cacheFolder))
      if (left.startsWith(`${layout.folder}.`)) await rm(join(cacheFolder, left), { recursive: true, force: true });
    await mkdir(working);
    try {
      await unpackInto(working, archive, layout);
      await rm(target, { recursive: true, force: true });
      await rename(working, target);
      await flush(cacheFolder);
    } catch (error) {
      throw asCorrupt(archive, error);
    } finally {
      await rm(working, { recursive: true, force: true });
    }
  });
}

async function unpackInto(folder: string, archive: string, { files, sums }: FetchedLayout): Promise<void> {
  const missing = new Set(files);
  for await (const { name, content } of readTar(unpacked(archive), new Set(files), archive)) {
    const sum = sums[name] ?? '';
    const hash = createHash(sum.length === 32 ? 'md5' : 'sha256');
    const handle = await open(join(folder, name), 'w');
    try {
      for await (const bytes of content) {
        hash.update(bytes);
        await handle.appendFile(bytes);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== sum)
      throw new Problem('DATA_CORRUPT', `${archive}: its file ${name} is not the official one`);
    missing.delete(name);
  }
  if (missing.size > 0) throw new Problem('DATA_CORRUPT', `${archive}: it has no ${[...missing].join(', ')}`);
  await flush(folder);
}
