/** What has to be there before anything trains: TensorFlow's library, this clone's link to it, and what is built against it. */
import { existsSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../core/files/make-folder.js';
import { Problem } from '../core/problem.js';
import { systemProblem } from '../core/system-problem.js';
import { addonPlaces, setUpAddon } from './addon.js';
import { readGraphicsCards } from '../core/process/graphics-cards.js';
import { installLibrary, wholeInstallation } from './install-library.js';
import {
  cacheFolder,
  libraryOfVirtualEnvironment,
  nativeLibrary,
  otherCache,
  projectLink,
  requireNativeLibrary,
  type Environment,
  type LibrarySet,
  type NativeLibrary,
} from './native-library.js';
import { platformProblem, thisPlatform } from './platform.js';
import { formatBytes, showProgress, type Progress } from './progress.js';
import { readWheelCatalogue, type WheelCatalogue } from './wheels.js';
import { setUpWinograd } from './winograd.js';

/**
 * The set of wheels that this machine calls for: `WARPNET_TENSORFLOW_SET`, else `gpu` where nvidia-smi lists a GPU. Where it fails
 * that is told, and what computes on CPUs is enough until somebody mends it: a run by default stops there.
 * @throws Problem TENSORFLOW_SET
 */
export async function wantedSet(
  environment: Environment = process.env,
  progress?: Pick<Progress, 'warn'>,
): Promise<LibrarySet> {
  const named = environment['WARPNET_TENSORFLOW_SET'];
  if (named === 'cpu' || named === 'gpu') return named;
  if (named)
    throw new Problem('TENSORFLOW_SET', `WARPNET_TENSORFLOW_SET is "${named}"`, 'Use cpu or gpu, or unset it.');
  const reading = await readGraphicsCards(environment);
  if (reading.kind === 'failed')
    progress?.warn(
      new Problem(
        'GPUS_UNKNOWN',
        `nvidia-smi fails: ${reading.reason}, so TensorFlow for CPUs is set up`,
        'WARPNET_TENSORFLOW_SET=gpu sets up the one for GPUs.',
      ),
    );
  if (reading.kind !== 'read') return 'cpu';
  return reading.cards.length + reading.unusable.length > 0 ? 'gpu' : 'cpu';
}

/** Which set an installed library is of; undefined for one that WARPNET_TENSORFLOW names. */
const setOf = (library: NativeLibrary): LibrarySet | undefined =>
  /-(cpu|gpu)$/.exec(dirname(library.folder))?.[1] as LibrarySet | undefined;

/**
 * The library: the one that WARPNET_TENSORFLOW names, else the one that is installed, else installed now.
 * @param clone this clone's link to the library, and the wheels that it pins
 * @throws Problem as `setUpTensorFlow`
 */
export async function setUpLibrary(
  environment: Environment,
  progress: Progress,
  clone: { readonly link: string; readonly catalogue: () => WheelCatalogue },
): Promise<NativeLibrary> {
  if (environment['WARPNET_TENSORFLOW']) return requireNativeLibrary(environment);
  const found = nativeLibrary(environment, clone.link);
  if (!(found instanceof Problem) && wholeInstallation(dirname(found.folder))) {
    // The GPU set computes on CPUs too, so only the CPU set raises the question whether there is a GPU now.
    if (setOf(found) === 'gpu' || (await wantedSet(environment)) === 'cpu') {
      point(clone.link, found.folder);
      return found;
    }
  }
  const unsupported = platformProblem(thisPlatform());
  if (unsupported) throw unsupported;
  const set = await wantedSet(environment, progress);
  const catalogue = clone.catalogue();
  offerOwn(catalogue, set, environment, progress);
  const folder = await installLibrary({
    catalogue,
    set,
    cache: cacheFolder(environment),
    environment,
    progress,
  });
  point(clone.link, join(folder, 'tensorflow'));
  return requireNativeLibrary(environment, clone.link);
}

/** Says, before anything is downloaded, that a virtual environment has the same library, and how to use it. */
function offerOwn(
  { tensorflow, sets }: WheelCatalogue,
  set: LibrarySet,
  environment: Environment,
  progress: Progress,
): void {
  const own = libraryOfVirtualEnvironment(environment, tensorflow, set);
  if (own === undefined) return;
  const bytes = sets[set].reduce((sum, wheel) => sum + wheel.bytes, 0);
  progress.step(
    `The active virtual environment has TensorFlow ${tensorflow} too: WARPNET_TENSORFLOW=${own.folder} uses it in place of a download of ${formatBytes(bytes)}.`,
  );
}

/** Points this clone at a library, in one step for whoever looks at the same time. */
function point(path: string, folder: string): void {
  if (existsSync(path) && readlinkSync(path) === folder) return;
  makeFolder(dirname(path), '');
  const half = `${path}.${process.pid}`;
  rmSync(half, { force: true });
  symlinkSync(folder, half);
  renameSync(half, path);
}

export interface SetUpNeeds {
  /** The addon, which the eager engine alone needs. */
  readonly addon: boolean;
  /** Try builds even where they failed before. */
  readonly again?: boolean;
}

/**
 * Sees to what is needed; a few milliseconds where nothing is missing.
 * @throws Problem TENSORFLOW_FOLDER, TENSORFLOW_SET, PLATFORM_UNSUPPORTED, and what `installLibrary` throws
 */
export async function setUpTensorFlow(
  needs: SetUpNeeds,
  environment: Environment = process.env,
  progress: Progress = showProgress(),
): Promise<{ readonly library: NativeLibrary; readonly addon: Problem | undefined }> {
  const library = await setUpLibrary(environment, progress, { link: projectLink(), catalogue: readWheelCatalogue });
  const cache = cacheFolder(environment);
  const again = needs.again ?? false;
  const [winograd, addon] = await Promise.all([
    refusal(setUpWinograd(library, environment, progress, again), cache),
    needs.addon ? refusal(setUpAddon(library, addonPlaces(cache), environment, progress, again), cache) : undefined,
  ]);
  for (const problem of [winograd, addon]) if (problem) progress.warn(problem);
  return { library, addon };
}

/** What a build says against itself, or the system against it: everything computes without what is built. */
async function refusal(build: Promise<Problem | undefined>, cache: string): Promise<Problem | undefined> {
  try {
    return await build;
  } catch (error) {
    const path = error instanceof Error && 'path' in error ? String(error.path) : cache;
    const refused = systemProblem(error, { path, doing: 'write', elsewhere: otherCache });
    if (refused instanceof Problem) return refused;
    throw error;
  }
}
