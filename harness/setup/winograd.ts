/**
 * The library of 3 x 3 convolutions by Winograd's algorithm (`engine/winograd/`): built where there is a compiler and kept in the cache.
 * Without it TensorFlow's own convolutions compute, with the same results up to rounding.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../core/problem.js';
import { inProject } from '../core/project.js';
import { buildLibrary, complaintOf, compilerOf, wayOut } from './compiler.js';
import { cacheFolder, nativeLibrary, type Environment, type NativeLibrary } from './native-library.js';
import type { Progress } from './progress.js';

const sourceFolder = inProject('harness', 'engine', 'winograd');
const headers = ['convolution.h', 'workers.h', 'tensorflow.h'];
const common = ['-std=c++17', '-O3'];

/** Each source with its own options; the convolutions once an instruction set, chosen when they are called. */
const units: readonly { readonly source: string; readonly options: readonly string[] }[] = [
  { source: 'convolution.cc', options: ['-mavx512f', '-mfma', '-DINSTRUCTIONS=avx512'] },
  { source: 'convolution.cc', options: ['-mavx2', '-mfma', '-DINSTRUCTIONS=avx2'] },
  { source: 'workers.cc', options: [] },
  { source: 'operations.cc', options: [] },
];

/** The instructions that it is written for are those of x86. */
const isSupported = process.arch === 'x64';

/** `WARPNET_WINOGRAD=0`: TensorFlow's own convolutions. */
const isWanted = (environment: Environment): boolean => environment['WARPNET_WINOGRAD'] !== '0';

/** Where the library of these sources is kept, built or not. */
function fileFor(library: NativeLibrary, environment: Environment): string {
  const hash = createHash('sha256').update(
    `${process.arch} ${basename(library.framework)} ${JSON.stringify([common, units])}`,
  );
  for (const name of new Set([...headers, ...units.map(({ source }) => source)]))
    hash.update(readFileSync(join(sourceFolder, name)));
  return join(cacheFolder(environment), 'winograd', `winograd-${hash.digest('hex').slice(0, 16)}.so`);
}

/** The built library; undefined where there is none, or where WARPNET_WINOGRAD turns it off. */
export function winogradLibrary(environment: Environment = process.env): string | undefined {
  const library = nativeLibrary(environment);
  if (library instanceof Problem || !isSupported || !isWanted(environment)) return undefined;
  const file = fileFor(library, environment);
  return existsSync(file) ? file : undefined;
}

const notBuilt = (why: string, hint: string): Problem =>
  new Problem(
    'WINOGRAD_NOT_BUILT',
    `${why}, so 3 x 3 convolutions on CPUs are TensorFlow's own, which take about twice as long`,
    hint,
  );

/**
 * Sees to the library: there already, else built.
 * @param again build even where it failed before
 * @returns a Problem WINOGRAD_NOT_BUILT to be shown as a warning, or undefined
 */
export async function setUpWinograd(
  library: NativeLibrary,
  environment: Environment,
  progress: Progress,
  again: boolean,
): Promise<Problem | undefined> {
  if (!isSupported || !isWanted(environment)) return undefined;
  const file = fileFor(library, environment);
  /** Remembers a failed build, so that not every run tries again. */
  const failure = `${file}.failed`;
  if (existsSync(file) || (!again && existsSync(failure))) return undefined;
  progress.step('building convolutions');
  const failed = await buildLibrary(
    {
      units: units.map(({ source, options }) => [...common, ...options, join(sourceFolder, source)]),
      // By its name alone: the process has it open before.
      link: [`-L${library.folder}`, `-l:${basename(library.framework)}`, '-pthread'],
    },
    file,
    environment,
  );
  if (failed === undefined) {
    await rm(failure, { force: true });
    return undefined;
  }
  await writeFile(failure, failed.output);
  const why = failed.missing
    ? `the C++ compiler (${compilerOf(environment).join(' ')}) was not found`
    : `the convolutions of the project do not compile: ${complaintOf(failed)}`;
  return notBuilt(why, wayOut(failed));
}
