/** Downloads one file: resumable, checked before use, safe when two processes want it at once. */
import { rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../harness/core/files/make-folder.js';
import { openRegularFile } from '../../harness/core/files/regular-file.js';
import { orSystemProblem } from '../../harness/core/system-problem.js';
import { Problem } from '../../harness/core/problem.js';
import { checkSpace } from '../../harness/core/files/disk-space.js';
import { elsewhere } from '../elsewhere.js';
import { exclusively } from './exclusive.js';
import { PartialFile } from './partial-file.js';
import { requestFrom, StartOver, TemporaryFailure } from './request.js';

export interface DownloadProgress {
  readonly url: string;
  readonly received: number;
  /** Bytes of the whole file; null where nobody knows. */
  readonly total: number | null;
  /** Set when an attempt failed and another follows. */
  readonly retry?: { readonly reason: string; readonly inMilliseconds: number };
}

export interface DownloadOptions {
  /** Addresses of the same file (http, https, file), tried in this order. */
  readonly urls: readonly string[];
  readonly target: string;
  /** Bytes, where known. */
  readonly size?: number | undefined;
  /** What is wrong with the finished file, or undefined: run before it gets its name. */
  readonly verify: (path: string) => Promise<string | undefined>;
  readonly progress?: ((progress: DownloadProgress) => void) | undefined;
  /** Told of what is worth a line: that it waits, or discards a damaged file. */
  readonly notice?: ((text: string) => void) | undefined;
  /** Stops the download; what has come stays for a later one. */
  readonly signal?: AbortSignal | undefined;
  /** Attempts in a row that bring nothing new before an address is given up. */
  readonly attempts?: number;
  /** An attempt that brings nothing for so long is given up. */
  readonly stallMilliseconds?: number;
  /** Wait before the second attempt; doubled for each further one, up to 30 s. */
  readonly backoffMilliseconds?: number;
}

const longestWait = 30_000;

/**
 * Downloads to `target` unless it is there and sound. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 * @throws Problem DOWNLOAD_FAILED, DOWNLOAD_REFUSED, DATA_CORRUPT, DISK_FULL; AbortError when `signal` says so
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { target } = options;
  makeFolder(dirname(target), elsewhere);
  await exclusively(
    `${target}.lock`,
    `downloading ${basename(target)}`,
    async () => {
      // Another process may have fetched it while this one waited.
      if (await isSound(options)) return;
      await orSystemProblem({ path: target, doing: 'write', elsewhere }, () => fromAnyAddress(options));
    },
    options,
  );
}

/** Whether the file is there and sound; a damaged one, which somebody left, is deleted. */
async function isSound({ target, size, verify, notice }: DownloadOptions): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isFile())
    throw new Problem('FILE_TROUBLE', `${target} is no regular file`, `Move it out of the way. ${elsewhere}`);
  const complaint =
    size !== undefined && found.size !== size ? lengthComplaint(found.size, size) : await verify(target);
  if (complaint === undefined) return true;
  notice?.(`${target} is damaged and is fetched again: ${complaint}`);
  await orSystemProblem({ path: target, doing: 'delete', elsewhere }, () => rm(target));
  return false;
}

const lengthComplaint = (found: number, size: number): string => `${found} bytes instead of ${size}`;

async function fromAnyAddress(options: DownloadOptions): Promise<void> {
  const problems: Problem[] = [];
  for (const url of options.urls) {
    try {
      await fromAddress(url, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Problem) || error.code === 'DISK_FULL') throw error;
      problems.push(error);
    }
  }
  const [first] = problems;
  if (problems.length === 1 && first) throw first;
  throw new Problem(
    'DOWNLOAD_FAILED',
    problems.map((problem) => problem.message).join('; ') || 'No address to download from',
    'Name a mirror with --mirror URL.',
  );
}

/** One address, as many attempts as it takes while each brings something new. */
async function fromAddress(url: string, options: DownloadOptions): Promise<void> {
  const { attempts = 6, backoffMilliseconds = 1000, signal } = options;
  const partial = new PartialFile(options.target);
  let furthest = 0;
  let failures = 0;
  let resumedBadly = false;
  for (;;) {
    try {
      const resumed = await attempt(url, partial, options);
      const complaint = await check(partial, options);
      if (complaint === undefined) {
        await partial.finish();
        return;
      }
      await partial.discard();
      // Two halves of different files, perhaps: once more from the start.
      if (resumed && !resumedBadly) {
        resumedBadly = true;
        continue;
      }
      throw new Problem(
        'DATA_CORRUPT',
        `What ${url} sent is not the file: ${complaint}`,
        'Name another mirror with --mirror URL.',
      );
    } catch (error) {
      await partial.end();
      if (error instanceof StartOver) await partial.discard();
      signal?.throwIfAborted();
      if (!(error instanceof TemporaryFailure)) throw error;
      failures = partial.size > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, partial.size);
      if (failures >= attempts)
        throw new Problem(
          'DOWNLOAD_FAILED',
          `${url}: ${error.message} (${failures} attempts without progress)`,
          'Check the network and the proxy settings (HTTPS_PROXY), and start again: it goes on where it was. Or name a mirror with --mirror URL.',
        );
      const wait = Math.min(longestWait, error.waitMilliseconds ?? backoffMilliseconds * 2 ** (failures - 1));
      options.progress?.({
        url,
        received: partial.size,
        total: options.size ?? null,
        retry: { reason: error.message, inMilliseconds: wait },
      });
      await delay(wait, undefined, signal ? { signal } : {});
    }
  }
}

async function check(partial: PartialFile, { size, verify }: DownloadOptions): Promise<string | undefined> {
  await partial.end();
  if (size !== undefined && partial.size !== size) return lengthComplaint(partial.size, size);
  return await verify(partial.path);
}

/** One request, appended to the partial file. Returns whether it went on from earlier bytes. @throws TemporaryFailure, Problem */
async function attempt(url: string, partial: PartialFile, options: DownloadOptions): Promise<boolean> {
  const { size, progress, signal, stallMilliseconds = 30_000 } = options;
  if (url.startsWith('file:')) return await copyLocal(url, partial, options);
  const earlier = await partial.resumable(url);
  const response = await requestFrom({
    url,
    from: earlier ? { byte: partial.size, validator: earlier.validator, total: earlier.total } : undefined,
    stallMilliseconds,
    signal,
  });
  try {
    if (response.kind === 'complete') return true;
    const { total, validator, resumed } = response;
    if (size !== undefined && total !== null && total !== size)
      throw new Problem(
        'DATA_CORRUPT',
        `${url} announces ${total} bytes; the official file has ${size}`,
        'A proxy or a login page may have answered. Name another mirror with --mirror URL.',
      );
    const known = total ?? size ?? null;
    await partial.begin(resumed, validator === undefined ? undefined : { url, validator, total });
    if (known !== null) await checkSpace(dirname(options.target), known - partial.size, url, elsewhere);
    for await (const chunk of response.body()) {
      // A server that sends without end must not fill the disk.
      if (known !== null && partial.size + chunk.length > known)
        throw new Problem('DATA_CORRUPT', `${url} sends more than the ${known} bytes it should`);
      await partial.append(chunk);
      progress?.({ url, received: partial.size, total: known });
    }
    if (total !== null && partial.size < total)
      throw new TemporaryFailure(`the connection ended after ${partial.size} of ${total} bytes`);
    return resumed;
  } finally {
    response.close();
  }
}

async function copyLocal(url: string, partial: PartialFile, { progress }: DownloadOptions): Promise<boolean> {
  const path = fileURLToPath(url);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Problem('DOWNLOAD_REFUSED', `${path} is not there`);
  const source = await openRegularFile(path);
  try {
    await partial.begin(false, undefined);
    for await (const chunk of source.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
      await partial.append(chunk as Buffer);
      progress?.({ url, received: partial.size, total: found.size });
    }
  } finally {
    await source.close();
  }
  return false;
}
