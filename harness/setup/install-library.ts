/** Puts TensorFlow's library into the cache that clones share: download, check, unpack, and only then the final name. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { otherCache } from './native-library.js';
import { makeFolder } from '../core/files/make-folder.js';
import { withLock } from '../../bootstrap/lock.mjs';
import { systemCode } from '../core/files/system-code.js';
import { systemProblem } from '../core/system-problem.js';
import { installFolder, installedMark, type Environment, type LibrarySet } from './native-library.js';
import { diskFull, obtainWheel } from './pip.js';
import { checkSpace } from '../core/files/disk-space.js';
import type { Progress } from './progress.js';
import { unzip } from './unzip.js';
import { keptOfWheel, type Wheel, type WheelCatalogue } from './wheels.js';

export interface Installation {
  readonly catalogue: WheelCatalogue;
  readonly set: LibrarySet;
  readonly cache: string;
  readonly environment: Environment;
  readonly progress: Progress;
}

const libraries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];

interface Mark {
  readonly version: string;
  /** Bytes of each library, to tell a folder that something cut short from a whole one. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Whether the folder holds what an installation finished. */
export function wholeInstallation(folder: string): boolean {
  const mark = join(folder, installedMark);
  if (!existsSync(mark)) return false;
  let sizes: Mark['sizes'];
  try {
    ({ sizes } = JSON.parse(readFileSync(mark, 'utf8')) as Mark);
    if (typeof sizes !== 'object') return false;
  } catch {
    return false; // cut, or damaged since
  }
  return Object.entries(sizes).every(
    ([file, size]) => statSync(join(folder, file), { throwIfNoEntry: false })?.size === size,
  );
}

const sum = (wheels: readonly Wheel[], key: 'bytes' | 'unpackedBytes'): number =>
  wheels.reduce((total, wheel) => total + wheel[key], 0);

/**
 * Installs a set of wheels unless it is there, and returns its folder. Two at once: the second waits. Killed at any moment:
 * finished wheels stay, the rest is done again.
 * @throws Problem what `obtainWheel` and `unzip` throw; DISK_FULL, NOT_WRITABLE, FILE_TROUBLE
 */
export async function installLibrary(installation: Installation): Promise<string> {
  const { catalogue, set, cache, progress } = installation;
  const folder = installFolder(cache, catalogue.tensorflow, set);
  if (wholeInstallation(folder)) return folder;
  try {
    makeFolder(join(cache, 'downloads'), otherCache);
    return await withLock(
      join(cache, 'set-up.lock'),
      (owner) => {
        progress.step(`waiting for another set-up (process ${owner}) to finish`);
      },
      async (locked) => {
        if (!wholeInstallation(folder)) await install(installation, folder, locked);
        return folder;
      },
    );
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')) throw diskFull(cache);
    throw systemProblem(error, { path: cache, doing: 'write to', elsewhere: otherCache });
  }
}

async function install(
  { catalogue, set, cache, environment, progress }: Installation,
  folder: string,
  locked: boolean,
): Promise<void> {
  const wheels = catalogue.sets[set];
  const downloads = join(cache, 'downloads');
  // Nobody else is at work under the lock: whatever is half done was left by one who was killed.
  if (locked)
    for (const name of await readdir(cache))
      if (name.startsWith('.half-')) await rm(join(cache, name), { recursive: true });
  const half = join(cache, `.half-${process.pid}`);
  try {
    await checkRoom(cache, downloads, wheels);
    progress.step(
      `downloading TensorFlow ${catalogue.tensorflow} (${set === 'gpu' ? `with CUDA, ${wheels.length} wheels` : 'for CPUs'}) to ${cache}`,
    );
    await download(wheels, { downloads, scratch: join(half, 'download'), environment, progress });
    progress.step('unpacking');
    const unpacked = join(half, 'unpacked');
    const total = sum(wheels, 'unpackedBytes');
    let before = 0;
    for (const wheel of wheels) {
      await unzip(join(downloads, wheel.file), unpacked, keptOfWheel, (bytes) => {
        progress.bytes('unpacked', Math.min(before + bytes, total), total);
      });
      before += wheel.unpackedBytes;
    }
    await commit(unpacked, folder, catalogue.tensorflow);
    for (const wheel of wheels) await rm(join(downloads, wheel.file), { force: true });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

async function download(
  wheels: readonly Wheel[],
  where: { downloads: string; scratch: string; environment: Environment; progress: Progress },
): Promise<void> {
  const total = sum(wheels, 'bytes');
  let before = 0;
  for (const wheel of wheels) {
    const progress = (bytes: number): void => {
      where.progress.bytes('downloaded', before + bytes, total);
    };
    await obtainWheel({ ...where, wheel, progress });
    before += wheel.bytes;
  }
}

/** Refuses before the first byte what cannot fit. */
async function checkRoom(cache: string, downloads: string, wheels: readonly Wheel[]): Promise<void> {
  const missing = wheels.filter(
    (wheel) => statSync(join(downloads, wheel.file), { throwIfNoEntry: false })?.size !== wheel.bytes,
  );
  const needed = sum(missing, 'bytes') + sum(wheels, 'unpackedBytes');
  await checkSpace(
    cache,
    needed,
    "TensorFlow's library, while it is set up,",
    'Or let WARPNET_CACHE name a folder on a larger disk.',
  );
}

/** From here on the folder is found: everything in it is on the disk before its name is. */
async function commit(unpacked: string, folder: string, version: string): Promise<void> {
  const lacking = libraries.find((file) => !existsSync(join(unpacked, file)));
  if (lacking !== undefined) throw new Error(`Internal error: the pinned wheels hold no ${lacking}`);
  const sizes = Object.fromEntries(libraries.map((file) => [file, statSync(join(unpacked, file)).size]));
  const mark: Mark = { version, sizes };
  await writeFile(join(unpacked, installedMark), JSON.stringify(mark), { flush: true });
  await rm(folder, { recursive: true, force: true });
  await rename(unpacked, folder);
  const parent = await open(join(folder, '..'));
  await parent.sync().finally(() => parent.close());
}
