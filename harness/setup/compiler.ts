/** The C++ compiler, which builds what makes things faster or adds an engine; nothing depends on it. */
import { spawn } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../core/files/make-folder.js';
import { commandLine } from '../core/project.js';
import { otherCache } from './native-library.js';
import type { Environment } from './native-library.js';

/** How a call of the compiler ended. */
export interface Compilation {
  /** Whether there is no such program. */
  readonly missing: boolean;
  readonly code: number;
  readonly output: string;
}

/** The C++ compiler, with what it is started by and with: CXX may be `ccache g++`. */
export function compilerOf(environment: Environment): [program: string, ...before: string[]] {
  const [program = 'g++', ...before] = (environment['CXX'] ?? '').split(/\s+/).filter((word) => word !== '');
  return [program, ...before];
}

/** Compiles or links. */
async function compile(args: readonly string[], environment: Environment): Promise<Compilation> {
  const [program, ...before] = compilerOf(environment);
  return new Promise((resolve) => {
    const child = spawn(program, [...before, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment } });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(0, 20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', () => {
      resolve({ missing: true, code: 127, output });
    });
    child.once('close', (code) => {
      resolve({ missing: false, code: code ?? 1, output });
    });
  });
}

export interface SharedLibrary {
  /** What the compiler is given for each source, without the object's name. */
  readonly units: readonly (readonly string[])[];
  /** What it is given to link the objects. */
  readonly link: readonly string[];
}

/**
 * Compiles the units side by side, then links; `target` is there whole or not at all.
 * @returns the call that failed
 * @throws Problem where the folder cannot be made
 */
export async function buildLibrary(
  { units, link }: SharedLibrary,
  target: string,
  environment: Environment,
): Promise<Compilation | undefined> {
  makeFolder(dirname(target), otherCache);
  const scratch = (name: string): string => `${target}.${process.pid}.${name}`;
  const objects = units.map((_, index) => scratch(`${index}.o`));
  const half = scratch('half');
  try {
    const compiled = await Promise.all(
      units.map((unit, index) => compile([...unit, '-fPIC', '-c', '-o', objects[index] ?? ''], environment)),
    );
    const unit = compiled.find(isFailure);
    if (unit) return unit;
    const linked = await compile(['-shared', ...objects, ...link, '-o', half], environment);
    if (isFailure(linked)) return linked;
    await rename(half, target);
    return undefined;
  } finally {
    for (const file of [...objects, half]) await rm(file, { force: true });
  }
}

const isFailure = ({ code }: Compilation): boolean => code !== 0;

/** What the compiler complains of. */
export const complaintOf = ({ output }: Compilation): string =>
  output.split('\n').find((line) => line.includes('error')) ?? output.trim();

/** The way out of a build that failed. */
export const wayOut = ({ missing }: Compilation): string =>
  missing
    ? `Install it (Debian, Ubuntu: apt-get install g++), then \`${commandLine('setup')}\`.`
    : `A newer g++ may help (10 or later); then \`${commandLine('setup')}\`.`;
