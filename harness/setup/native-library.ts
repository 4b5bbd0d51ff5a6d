/** Where TensorFlow's native library is: the one place that knows. */
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Problem } from '../core/problem.js';
import type { Environment } from '../core/process/environment.js';
import { homeFolder } from '../core/process/home-folder.js';
import { commandLine, inProject, isInstalled } from '../core/project.js';

export interface NativeLibrary {
  /** Absolute and free of links, so that the library finds NVIDIA's beside it (`../nvidia`, its RUNPATH). */
  readonly folder: string;
  /** The C API: `libtensorflow_cc.so.2`, or the C distribution's `libtensorflow.so.2`. */
  readonly cc: string;
  readonly framework: string;
  /** As far as the files around it tell without loading it. */
  readonly version: string | undefined;
  readonly source: 'WARPNET_TENSORFLOW' | 'project' | 'cache';
}

export type { Environment };

/** Which wheels: without or with CUDA. */
export type LibrarySet = 'cpu' | 'gpu';

/** Written into an installed folder before it gets its name. */
export const installedMark = 'installed.json';

/** The way out where the cache cannot be used. */
export const otherCache = 'Or let WARPNET_CACHE name a folder of yours with a few gigabytes of room.';

/** A user without a home, of a container say, shares with nobody. */
const homeOf = (environment: Environment): string => homeFolder(environment) ?? inProject('native');

/** What the clones on this machine share: `$WARPNET_CACHE`, else `warpnet-tables` in the user's cache folder. */
export function cacheFolder(environment: Environment = process.env): string {
  const chosen = environment['WARPNET_CACHE'];
  if (chosen) return resolve(chosen);
  // The XDG specification takes an empty or relative one for none.
  const caches = environment['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(caches) ? caches : join(homeOf(environment), '.cache'), 'warpnet-tables');
}

/** Where a set of wheels is unpacked to; holds `tensorflow/` and, for GPUs, `nvidia/` beside it. */
export const installFolder = (cache: string, version: string, set: LibrarySet): string =>
  join(cache, `tensorflow-${version}-${set}`);

/** This clone's link to the library that its set-up chose; where npm installed the package, that of the machine. */
export const projectLink = (): string =>
  isInstalled ? join(cacheFolder(), 'chosen') : inProject('native', 'tensorflow');

function versionOf(folder: string, cc: string): string | undefined {
  const parent = dirname(folder);
  const mark = join(parent, installedMark);
  if (existsSync(mark))
    try {
      return (JSON.parse(readFileSync(mark, 'utf8')) as { version?: string }).version;
    } catch {
      return undefined; // the set-up says what is wrong with it
    }
  const pip = readdirSync(parent).map((name) => /^tensorflow[a-z_]*-(\d[\w.]*)\.dist-info$/.exec(name)?.[1]);
  return pip.find((version) => version !== undefined) ?? /\.so\.(\d+\.\d+\.\d+)$/.exec(realpathSync(cc))?.[1];
}

function libraryIn(folder: string, source: NativeLibrary['source']): NativeLibrary | undefined {
  const cc = ['libtensorflow_cc.so.2', 'libtensorflow.so.2']
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
  const framework = join(folder, 'libtensorflow_framework.so.2');
  if (cc === undefined || !existsSync(framework)) return undefined;
  return { folder, cc, framework, version: versionOf(folder, cc), source };
}

function named(folder: string): NativeLibrary | Problem {
  const absolute = resolve(folder);
  for (const candidate of [absolute, join(absolute, 'tensorflow'), join(absolute, 'lib')]) {
    const library = existsSync(candidate) ? libraryIn(realpathSync(candidate), 'WARPNET_TENSORFLOW') : undefined;
    if (library) return library;
  }
  return new Problem(
    'TENSORFLOW_FOLDER',
    existsSync(absolute)
      ? `WARPNET_TENSORFLOW names ${absolute}, which holds no libtensorflow_cc.so.2 and libtensorflow_framework.so.2`
      : `WARPNET_TENSORFLOW names ${absolute}, which is not there`,
    `Name the tensorflow folder of an unpacked wheel (TensorFlow 2.12 or newer), or unset it and run \`${commandLine('setup')}\`.`,
  );
}

/**
 * The TensorFlow of the virtual environment that is active, where it can be used in place of a download: of that version, with the C++
 * library, and for GPUs with NVIDIA's packages beside it.
 */
export function libraryOfVirtualEnvironment(
  environment: Environment,
  version: string,
  set: LibrarySet,
): NativeLibrary | undefined {
  for (const root of [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']]) {
    const packages = root ? join(root, 'lib') : '';
    if (!existsSync(packages)) continue;
    for (const python of readdirSync(packages).filter((name) => /^python3/.test(name))) {
      const folder = join(packages, python, 'site-packages', 'tensorflow');
      const library = existsSync(folder) ? libraryIn(realpathSync(folder), 'WARPNET_TENSORFLOW') : undefined;
      if (library?.version !== version) continue;
      if (set === 'cpu' || existsSync(join(folder, '..', 'nvidia'))) return library;
    }
  }
  return undefined;
}

/**
 * Finds the library: `WARPNET_TENSORFLOW`, else what this clone's set-up chose, else what another clone left in the cache.
 * @returns a Problem TENSORFLOW_FOLDER or TENSORFLOW_MISSING where there is none
 */
export function nativeLibrary(environment: Environment = process.env, link = projectLink()): NativeLibrary | Problem {
  const folder = environment['WARPNET_TENSORFLOW'];
  if (folder) return named(folder);
  const chosen = existsSync(link) ? libraryIn(realpathSync(link), 'project') : undefined;
  return chosen ?? fromCache(cacheFolder(environment)) ?? missing;
}

/** None of a folder that is not there, or that another user keeps to himself: the set-up says which. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function fromCache(cache: string): NativeLibrary | undefined {
  // The GPU set computes on CPUs too, so it goes first; of several versions the newest by name.
  const installed = namesIn(cache).filter((name) => /^tensorflow-[\d.]+-(cpu|gpu)$/.test(name));
  const order = installed.sort((a, b) => Number(b.endsWith('gpu')) - Number(a.endsWith('gpu')) || b.localeCompare(a));
  for (const name of order) {
    const folder = join(cache, name, 'tensorflow');
    const library = existsSync(folder) ? libraryIn(realpathSync(folder), 'cache') : undefined;
    if (library) return library;
  }
  return undefined;
}

const missing = new Problem(
  'TENSORFLOW_MISSING',
  "TensorFlow's native library is not there",
  `Run \`${commandLine('setup')}\`, or let WARPNET_TENSORFLOW name a folder that holds libtensorflow_cc.so.2.`,
);

/** The library. @throws Problem TENSORFLOW_FOLDER, TENSORFLOW_MISSING */
export function requireNativeLibrary(environment: Environment = process.env, link = projectLink()): NativeLibrary {
  const library = nativeLibrary(environment, link);
  if (library instanceof Problem) throw library;
  return library;
}
