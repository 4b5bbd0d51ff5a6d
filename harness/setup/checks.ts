/** What `doctor` looks at, one function a subject. Reports only: nothing is set up. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../core/problem.js';
import { usableCores } from '../core/process/cores.js';
import { commandLine, inProject, inWorkplace } from '../core/project.js';
import { addonPlaces, addonReady } from './addon.js';
import { compilerOf } from './compiler.js';
import type { Check } from './check.js';
import { gpuChecks, tryCard } from './gpu-checks.js';
import { cacheFolder, nativeLibrary, type Environment, type NativeLibrary } from './native-library.js';
import { findPip } from './pip.js';
import { platformProblem, thisPlatform } from './platform.js';
import { winogradLibrary } from './winograd.js';
import { formatBytes } from '../core/format-bytes.js';

const run = promisify(execFile);

/** The first line that a program prints about itself; undefined where it is missing or fails. */
async function says(program: string, ...args: string[]): Promise<string | undefined> {
  return run(program, args, { timeout: 30_000, killSignal: 'SIGKILL' }).then(
    ({ stdout }) => stdout.split('\n')[0]?.trim(),
    () => undefined,
  );
}

const ofProblem = (name: string, status: Check['status'], { message, hint }: Problem): Check => ({
  name,
  status,
  detail: message,
  ...(hint === undefined ? {} : { hint }),
});

/** The version that a library reports when it is loaded, in a process of its own. @returns a Problem where it does not load */
export async function probeLibrary(library: NativeLibrary): Promise<string | Problem> {
  try {
    const probe = [inProject('dist', 'harness', 'setup', 'library-probe.js'), library.cc];
    const { stdout } = await run(process.execPath, probe, { timeout: 120_000, killSignal: 'SIGKILL' });
    return stdout.trim();
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const reason = words.split('\n').find((line) => line.includes('Error')) ?? words.trim();
    return new Problem(
      'TENSORFLOW_BROKEN',
      `${library.cc} does not load: ${reason}`,
      library.source === 'WARPNET_TENSORFLOW'
        ? `Name another folder in WARPNET_TENSORFLOW, or unset it and run \`${commandLine('setup')}\`.`
        : `Delete ${dirname(library.folder)} and run \`${commandLine('setup')}\`.`,
    );
  }
}

async function libraryChecks(environment: Environment): Promise<Check[]> {
  const name = "TensorFlow's library";
  const library = nativeLibrary(environment);
  if (library instanceof Problem) {
    const unsupported = platformProblem(thisPlatform());
    return [
      ofProblem(name, 'missing', unsupported ?? library),
      { name: 'addon', status: 'warning', detail: 'needs the library first' },
    ];
  }
  const version = await probeLibrary(library);
  if (version instanceof Problem) return [ofProblem(name, 'missing', version)];
  const from =
    library.source === 'project'
      ? 'set up for this clone'
      : `from ${library.source === 'cache' ? 'the cache' : library.source}`;
  return [
    { name, status: 'ok', detail: `${version}, ${library.folder} (${from})` },
    convolutionsCheck(environment),
    await addonCheck(library, environment),
  ];
}

function convolutionsCheck(environment: Environment): Check {
  const name = 'convolutions';
  if (environment['WARPNET_WINOGRAD'] === '0')
    return { name, status: 'ok', detail: "TensorFlow's own (WARPNET_WINOGRAD=0)" };
  if (winogradLibrary(environment) !== undefined)
    return { name, status: 'ok', detail: "those of 3 x 3 on CPUs by Winograd's algorithm" };
  return {
    name,
    status: 'warning',
    detail: "TensorFlow's own: those of 3 x 3 take about twice as long on CPUs",
    hint: `\`${commandLine('setup')}\` builds faster ones where there is a C++ compiler.`,
  };
}

async function addonCheck(library: NativeLibrary, environment: Environment): Promise<Check> {
  const places = addonPlaces(cacheFolder(environment));
  if (addonReady(library, places))
    return { name: 'addon', status: 'ok', detail: 'tfjs-node-gpu, built against this library' };
  const hint =
    (await says(...compilerOf(environment), '--version')) === undefined
      ? `Install a compiler (Debian, Ubuntu: apt-get install g++), then \`${commandLine('setup')}\`.`
      : commandLine('setup');
  return {
    name: 'addon',
    status: 'warning',
    detail: 'tfjs-node-gpu is not built: no eager engine, no TensorBoard files',
    hint,
  };
}

async function toolChecks(environment: Environment): Promise<Check[]> {
  const [gxx, pip, latex, slurm] = await Promise.all([
    says(...compilerOf(environment), '--version'),
    findPip(environment),
    says('pdflatex', '--version'),
    says('sbatch', '--version'),
  ]);
  const optional = (name: string, found: string | undefined, lost: string, hint: string): Check =>
    found === undefined
      ? { name, status: 'warning', detail: `not found: ${lost}`, hint }
      : { name, status: 'ok', detail: found };
  return [
    optional('compiler', gxx, 'only needed to build the addon and convolutions', 'apt-get install g++'),
    optional(
      'pip',
      pip && `${pip.version} (${pip.command.join(' ')})`,
      "only needed to download TensorFlow's library",
      'apt-get install python3-pip',
    ),
    latex === undefined
      ? optional('LaTeX', latex, 'tables are written as .tex all the same, but cannot be typeset here', latexPackages)
      : await latexCheck(latex),
    slurm === undefined
      ? { name: 'Slurm', status: 'ok', detail: 'none; only --executor slurm needs it' }
      : { name: 'Slurm', status: 'ok', detail: slurm },
  ];
}

/** `2 of 64`: of those that the machine has, an affinity mask or a container's quota leaves so many. */
export const coresText = (usable: number, there: number): string =>
  usable < there ? `${usable} of ${there}` : `${usable}`;

function machineChecks(): Check[] {
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    {
      name: 'cores',
      status: 'ok',
      detail: `${coresText(usableCores().length, cpus().length)} (${cpus()[0]?.model.trim() ?? 'unknown model'})`,
    },
    {
      name: 'memory',
      status: totalmem() < 4 * 2 ** 30 ? 'warning' : 'ok',
      detail: `${gibibytes(freemem())} free of ${gibibytes(totalmem())}`,
      ...(totalmem() < 4 * 2 ** 30 ? { hint: 'Large networks need 4 GiB and more.' } : {}),
    },
  ];
}

/** The folder itself, or the nearest above it that exists. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

async function folderCheck(name: string, folder: string, wantedBytes: number, hint: string): Promise<Check> {
  const existing = nearestFolder(folder);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return { name, status: 'missing', detail: `${folder} cannot be written to`, hint };
  }
  const { bavail, bsize } = await statfs(existing);
  const detail = `${folder}: ${formatBytes(bavail * bsize)} free`;
  return bavail * bsize < wantedBytes ? { name, status: 'warning', detail, hint } : { name, status: 'ok', detail };
}

/** What the tables' files load. */
const styles = ['booktabs.sty', 'multirow.sty', 'geometry.sty'] as const;
/** multirow is not among the recommended ones. */
const latexPackages = 'Debian, Ubuntu: apt-get install texlive-latex-recommended texlive-latex-extra';

/** pdflatex alone typesets no table: the packages that tables use are there too, or are named. */
export async function latexCheck(version: string): Promise<Check> {
  const found = await Promise.all(styles.map(async (style) => says('kpsewhich', style)));
  const missing = styles.filter((_, index) => !found[index]);
  if (missing.length === 0) return { name: 'LaTeX', status: 'ok', detail: version };
  const detail = `${version}, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: tables cannot be typeset here`;
  return { name: 'LaTeX', status: 'warning', detail, hint: latexPackages };
}

/** Everything, in the order in which a user needs it. */
export async function examine(environment: Environment = process.env, trial = tryCard): Promise<Check[]> {
  const [tensorFlow, tools, gpus, cache, reports] = await Promise.all([
    libraryChecks(environment),
    toolChecks(environment),
    gpuChecks(nativeLibrary(environment), environment, trial),
    folderCheck(
      'cache',
      cacheFolder(environment),
      2e9,
      'Let WARPNET_CACHE name a folder of yours on a disk with room.',
    ),
    folderCheck(
      'reports',
      inWorkplace('reports'),
      1e9,
      'Clone the project to a place of yours, with a gigabyte of room.',
    ),
  ]);
  return [
    { name: 'Node', status: 'ok', detail: process.versions.node },
    // Nothing of this could run without them.
    { name: 'npm packages', status: 'ok', detail: 'those of package-lock.json' },
    ...[...tensorFlow, ...tools, ...gpus, ...machineChecks(), cache, reports],
  ];
}
