/** A data set's files where they lie: in a folder, or still in the archive that they came in. Nothing is moved or written. */
import { createReadStream, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { readRegularFile } from '../harness/core/files/regular-file.js';
import { Problem } from '../harness/core/problem.js';
import { places, type Place } from './places.js';
import { readTar } from './formats/tar.js';

/** One of the forms that a data set is published in. */
export interface Layout {
  /** The folder that the official archive unpacks to. */
  readonly folder: string;
  /** Its name, and others that programs keep it under. */
  readonly archives: readonly string[];
  /** All that are read. */
  readonly files: readonly string[];
}

export interface Source<L extends Layout = Layout> {
  readonly place: Place;
  readonly layout: L;
  readonly kind: 'folder' | 'archive';
  /** Of the folder or the archive. */
  readonly path: string;
}

/** No file of these data sets is larger; an archive must not fill the memory. */
const mostBytes = 1 << 28;

/** What is there of these layouts, whether sound or not: folders before archives, the cache before other places. */
export function findSources<L extends Layout>(layouts: readonly L[], cacheFolder: string): Source<L>[] {
  const found = places(cacheFolder).flatMap((place) =>
    layouts.flatMap((layout) => [
      ...foldersIn(place, layout).map((path) => ({ place, layout, kind: 'folder' as const, path })),
      ...archivesIn(place, layout).map((path) => ({ place, layout, kind: 'archive' as const, path })),
    ]),
  );
  return [...found.filter(({ kind }) => kind === 'folder'), ...found.filter(({ kind }) => kind === 'archive')];
}

function foldersIn({ name, folder: root }: Place, { folder, files }: Layout): string[] {
  const candidates = [
    join(root, folder),
    // Keras 3 unpacks into a folder that it names itself.
    ...(name === 'keras' ? [join(root, folder, folder), join(root, `${folder}-target`, folder)] : []),
    ...(name === 'WARPNET_DATA' ? [root] : []),
  ];
  return candidates.filter((candidate) => files.every((file) => isFile(join(candidate, file))));
}

function archivesIn({ name, folder: root }: Place, { archives }: Layout): string[] {
  const inside = archives.map((archive) => join(root, archive));
  const itself = name === 'WARPNET_DATA' && archives.includes(basename(root)) ? [root] : [];
  return [...inside, ...itself].filter(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The files whose sizes and times of change tell whether a source is still the same. */
export const filesOf = ({ kind, path, layout }: Source): string[] =>
  kind === 'archive' ? [path] : layout.files.map((file) => join(path, file));

/**
 * Hands each file to `take`, as its bytes, in any order.
 * @throws Problem DATA_CORRUPT, FILE_TOO_LARGE and those of `readRegularFile`
 */
export async function readSource(source: Source, take: (file: string, bytes: Buffer) => void): Promise<void> {
  const { kind, path, layout } = source;
  if (kind === 'archive') {
    await readArchive(path, layout.files, take);
    return;
  }
  for (const file of layout.files) take(file, await readRegularFile(join(path, file), mostBytes));
}

async function readArchive(
  archive: string,
  files: readonly string[],
  take: (file: string, bytes: Buffer) => void,
): Promise<void> {
  const missing = new Set(files);
  try {
    for await (const { name, size, content } of readTar(unpacked(archive), new Set(files), archive)) {
      if (size > mostBytes) throw new Problem('DATA_CORRUPT', `${archive}: its file ${name} is too large`);
      const parts: Buffer[] = [];
      for await (const part of content) parts.push(part);
      take(name, Buffer.concat(parts));
      missing.delete(name);
      if (missing.size === 0) return;
    }
  } catch (error) {
    throw asCorrupt(archive, error);
  }
  throw new Problem('DATA_CORRUPT', `${archive}: it has no ${[...missing].join(', ')}`);
}

/** What an archive gunzips to. */
export function unpacked(archive: string): AsyncIterable<Buffer> {
  const packed = createReadStream(archive, { highWaterMark: 1 << 20 });
  const gunzip = createGunzip();
  gunzip.once('close', () => packed.destroy());
  return packed.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
}

/** A Problem where zlib refuses what an archive holds; any other error as it is. */
export function asCorrupt(archive: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z_')) return error;
  return new Problem('DATA_CORRUPT', `${archive}: it cannot be unpacked (${error.message})`);
}

/**
 * What `read` makes of the first source that is sound: a damaged one does not hide another.
 * @throws Problem DATA_CORRUPT of the first source where none is sound; `missing` where there is none
 */
export async function firstSound<L extends Layout, T>(
  sources: readonly Source<L>[],
  read: (source: Source<L>) => Promise<T>,
  missing: () => Problem,
): Promise<T> {
  let first: Problem | undefined;
  for (const source of sources)
    try {
      return await read(source);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      first ??= error;
    }
  throw first ?? missing();
}
