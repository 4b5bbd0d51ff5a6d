/**
 * The addon of tfjs-node-gpu, built against TensorFlow's library. Its two C++ files need Node-API and TensorFlow's C API only, so the
 * compiler is called directly: no Python, make or download of Node's headers (node-gyp needs all three), and a quarter of the time.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { copyFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildLibrary, complaintOf, compilerOf, wayOut } from './compiler.js';
import { makeFolder } from '../core/files/make-folder.js';
import { Problem } from '../core/problem.js';
import { commandLine, inProject, isInstalled } from '../core/project.js';
import type { Environment, NativeLibrary } from './native-library.js';
import type { Progress } from './progress.js';

/** Node 18.17 and later speak it; the newest that tfjs-node-gpu looks for. */
const nodeApi = 8;
const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'];

export interface AddonPlaces {
  /** The npm package. */
  readonly package: string;
  /** Node-API's headers. */
  readonly headers: string;
  /** Where built addons are kept for other clones. */
  readonly cache: string;
  /** Remembers a failed build, so that not every run tries again. */
  readonly failure: string;
}

/** Where npm has put a package: in the project's own folder, or in one above it. */
function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

export const addonPlaces = (cache: string): AddonPlaces => ({
  package: packageFolder('@tensorflow/tfjs-node-gpu') ?? inProject('node_modules', '@tensorflow', 'tfjs-node-gpu'),
  headers: join(packageFolder('node-api-headers') ?? inProject('node_modules', 'node-api-headers'), 'include'),
  cache,
  failure: isInstalled ? join(cache, 'addon-failure.txt') : inProject('native', 'addon-failure.txt'),
});

const addonFile = (places: AddonPlaces): string => join(places.package, 'lib', `napi-v${nodeApi}`, 'tfjs_binding.node');
const libraryLink = (places: AddonPlaces): string => join(places.package, 'deps', 'lib');

const lost = 'so the eager engine (--engine eager) is not available; everything else is';

const notBuilt = (why: string, hint: string): Problem => new Problem('ADDON_NOT_BUILT', `${why}, ${lost}`, hint);

/** Whether the addon is there and loads this library. */
export function addonReady(library: NativeLibrary, places: AddonPlaces): boolean {
  const link = libraryLink(places);
  const linked =
    lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === library.folder;
  return linked && existsSync(addonFile(places));
}

function cachedAddon(library: NativeLibrary, places: AddonPlaces): string {
  const hash = createHash('sha256').update(
    `${nodeApi} ${process.arch} ${basename(library.cc)} ${library.version ?? library.folder}`,
  );
  for (const source of sources) hash.update(readFileSync(join(places.package, 'binding', source)));
  return join(places.cache, 'addon', `tfjs_binding-${hash.digest('hex').slice(0, 16)}.node`);
}

async function replaceLink(target: string, link: string): Promise<void> {
  makeFolder(dirname(link), '');
  await rm(link, { recursive: true, force: true });
  await symlink(target, link);
}

/** Copies by way of a temporary name: a process that loads the addon meanwhile never sees half of it. */
async function place(from: string, to: string): Promise<void> {
  makeFolder(dirname(to), '');
  const half = `${to}.${process.pid}`;
  await copyFile(from, half);
  await rename(half, to);
}

/** @returns a Problem where that is not possible */
async function build(
  library: NativeLibrary,
  places: AddonPlaces,
  target: string,
  environment: Environment,
): Promise<Problem | undefined> {
  const include = [join(library.folder, 'include'), join(library.folder, '..', 'include')].find((folder) =>
    existsSync(join(folder, 'tensorflow', 'c', 'c_api.h')),
  );
  if (include === undefined)
    return notBuilt(
      `TensorFlow's headers are not beside its library (${library.folder}/include), and the addon of tfjs-node-gpu was not built`,
      `Name a whole \`tensorflow\` folder in WARPNET_TENSORFLOW, or unset it, and run \`${commandLine('setup')}\`.`,
    );
  const flags = ['-std=c++17', '-O2', `-DNAPI_VERSION=${nodeApi}`, `-I${places.headers}`, `-I${include}`];
  const libraries = [`-L${library.folder}`, `-l:${basename(library.cc)}`, `-l:${basename(library.framework)}`];
  const failed = await buildLibrary(
    {
      units: sources.map((source) => [...flags, join(places.package, 'binding', source)]),
      link: [...libraries, '-Wl,-rpath,$ORIGIN/../../deps/lib'],
    },
    target,
    environment,
  );
  if (failed === undefined) return undefined;
  const why = failed.missing
    ? `the C++ compiler (${compilerOf(environment).join(' ')}) was not found, and the addon of tfjs-node-gpu was not built`
    : `the addon of tfjs-node-gpu does not compile: ${complaintOf(failed)}`;
  return notBuilt(why, wayOut(failed));
}

/**
 * Sees to the addon: there already, else from the cache, else built. Never fatal, for the traced engine does not need it.
 * @param again build even where it failed before
 * @returns a Problem ADDON_NOT_BUILT to be shown as a warning, or undefined
 */
export async function setUpAddon(
  library: NativeLibrary,
  places: AddonPlaces,
  environment: Environment,
  progress: Progress,
  again: boolean,
): Promise<Problem | undefined> {
  // tfjs-node-gpu is optional where this is a package of somebody's project.
  if (!existsSync(places.package) || addonReady(library, places)) return undefined;
  const cached = cachedAddon(library, places);
  if (!existsSync(cached)) {
    if (!again && existsSync(places.failure) && readFileSync(places.failure, 'utf8') === cached) return undefined;
    progress.step('building the addon of tfjs-node-gpu');
    const problem = await build(library, places, cached, environment);
    if (problem) {
      makeFolder(dirname(places.failure), '');
      await writeFile(places.failure, cached);
      return problem;
    }
    await rm(places.failure, { force: true });
  }
  await replaceLink(library.folder, libraryLink(places));
  await place(cached, addonFile(places));
  return undefined;
}
