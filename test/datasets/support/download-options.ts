/** What the tests of downloads fetch, and how. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../../../datasets/sets/checksum.js';
import { type DownloadOptions } from '../../../datasets/download/download.js';
import { type FileServer } from './file-server.js';
import { temporaryFolder } from './temporary-folder.js';

export const file = randomBytes(300_000);
/** More than the buffers of a connection hold. */
export const large = randomBytes(3_000_000);

/** Small waits, so that many failures take no time; real ones are covered by the same code. */
export async function options(
  server: Pick<FileServer, 'address' | 'clientHas'>,
  more: Partial<DownloadOptions> = {},
): Promise<DownloadOptions> {
  return {
    urls: [`${server.address}file.bin`],
    target: join(await temporaryFolder(), 'file.bin'),
    size: file.length,
    backoffMilliseconds: 1,
    stallMilliseconds: 2_000,
    async verify(path) {
      return sha256(await readFile(path)) === sha256(file) ? undefined : 'wrong bytes';
    },
    ...more,
    progress(progress) {
      server.clientHas(progress.received);
      more.progress?.(progress);
    },
  };
}

export async function expectSound({ target }: DownloadOptions): Promise<void> {
  expect(sha256(await readFile(target))).toBe(sha256(file));
  // Nothing is left of the part, its note or the lock.
  expect(await readdir(join(target, '..'))).toEqual(['file.bin']);
}

export const nobody = { address: '', clientHas: () => undefined };
