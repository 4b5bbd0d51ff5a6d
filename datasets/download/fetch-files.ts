/** Fetches official files, from the owners' addresses or from mirrors. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../harness/core/problem.js';
import type { OfficialFile } from '../catalogue.js';
import { fileDigest } from './digest.js';
import { download, type DownloadOptions, type DownloadProgress } from './download.js';
import { fetchedFolder, officialAddress, officialFiles, officialUnpacked } from '../sets/fashion-mnist.js';

export interface FetchOptions {
  readonly cacheFolder: string;
  /** Addresses of folders that hold the official files (http, https, file); default: the owners' own. */
  readonly mirrors?: readonly string[];
  /** Fetch again what is there. */
  readonly force?: boolean;
  readonly progress?: (progress: DownloadProgress & { readonly file: string }) => void;
  /** While ImageNet32's batches are made into flat files: images done. */
  readonly preparing?: (images: number) => void;
  /** What is worth a line: waiting for another process, a damaged file that is fetched again. */
  readonly notice?: (text: string) => void;
  readonly signal?: AbortSignal;
  readonly attempts?: number;
  readonly stallMilliseconds?: number;
  readonly backoffMilliseconds?: number;
}

/** How `file` is fetched from the mirrors that were named, or else from `addresses`, which are folders. */
export function downloadOptions(
  file: OfficialFile,
  addresses: readonly string[],
  target: string,
  options: FetchOptions,
): Omit<DownloadOptions, 'verify'> {
  const { progress, attempts, stallMilliseconds, backoffMilliseconds } = options;
  const folders = options.mirrors && options.mirrors.length > 0 ? options.mirrors : addresses;
  return {
    urls: folders.map((folder) => addressOf(folder, file.name)),
    target,
    size: file.size,
    signal: options.signal,
    notice: options.notice,
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
  files: readonly OfficialFile[] = officialFiles,
): Promise<void> {
  for (const file of files) {
    const target = join(fetchedFolder(options.cacheFolder), file.name);
    // Sound or not, it goes: only a set with something wrong comes here.
    await rm(target, { force: true });
    await download({
      ...downloadOptions(file, [officialAddress], target, options),
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
