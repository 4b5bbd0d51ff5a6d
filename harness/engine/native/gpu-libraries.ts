/**
 * NVIDIA's libraries, opened before TensorFlow. TensorFlow opens them by bare names and takes no card at all where one of them does
 * not open; the RUNPATH of its 2.21 wheel leaves out cuSOLVER's folder, and an older cuDNN in LD_LIBRARY_PATH goes before the one
 * that the wheel was built for. A library that is open already under the soname asked for is the one that it gets.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openForGood } from '../../setup/shared-library.js';

/** What a library needs stands before it. */
const order = [
  ...['libcudart', 'libnvJitLink', 'libnvrtc', 'libcublasLt', 'libcublas', 'libcufft', 'libcusparse', 'libcusolver'],
  ...['graph', 'ops', 'cnn', 'adv', 'engines_precompiled', 'engines_runtime_compiled', 'heuristic'].map(
    (part) => `libcudnn_${part}`,
  ),
  ...['libcudnn', 'libcupti'],
] as const;

/** TensorFlow takes no card without these. */
const required = ['libcudart', 'libcublas', 'libcublasLt', 'libcufft', 'libcusolver', 'libcusparse', 'libcudnn'] as const;

/** A library that the dynamic linker refused. */
export interface UnopenedLibrary {
  readonly path: string;
  /** `dlerror`. */
  readonly reason: string;
}

/** pip's folder of NVIDIA's packages, beside TensorFlow's. */
const packagesBeside = (tensorflowFolder: string): string => join(dirname(tensorflowFolder), 'nvidia');

/** Absolute paths of what lies in `nvidia/<package>/lib` beside TensorFlow's folder, in the order in which to open it. */
export function gpuLibraries(tensorflowFolder: string): string[] {
  const packages = packagesBeside(tensorflowFolder);
  if (!existsSync(packages)) return [];
  const files = readdirSync(packages)
    .map((name) => join(packages, name, 'lib'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return order.flatMap((name) => files.filter((file) => /^[.\d]+$/.test(versionIn(file, name) ?? '')));
}

/** `12` of `libcudart.so.12`; undefined for a file of another library. */
function versionIn(file: string, library: string): string | undefined {
  const start = `${library}.so.`;
  return basename(file).startsWith(start) ? basename(file).slice(start.length) : undefined;
}

/** Opens them all, for good and with global symbols. @returns those that did not open */
export function openGpuLibraries(tensorflowFolder: string): UnopenedLibrary[] {
  return gpuLibraries(tensorflowFolder).flatMap((path) => {
    const reason = openForGood(path, 'global');
    return reason === undefined ? [] : [{ path, reason }];
  });
}

/** Why TensorFlow lists no card, as far as its libraries tell: a sentence for each cause that was found. */
export function describeUnopened(tensorflowFolder: string, unopened: readonly UnopenedLibrary[]): string[] {
  const folder = packagesBeside(tensorflowFolder);
  const found = gpuLibraries(tensorflowFolder);
  if (found.length === 0) return [`NVIDIA's libraries are not beside TensorFlow (${folder} has none)`];
  const missing = required.filter((name) => !found.some((file) => versionIn(file, name) !== undefined));
  return [
    ...(missing.length === 0 ? [] : [`${folder} lacks ${missing.join(', ')}`]),
    ...unopened.map(({ path, reason }) => `${basename(path)} does not open: ${reason}`),
  ];
}
