/** The C++ compiler, which builds what makes things faster or adds an engine; nothing depends on it. */
import { spawn } from 'node:child_process';
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
export async function compile(args: readonly string[], environment: Environment): Promise<Compilation> {
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

/** What the compiler complains of. */
export const complaintOf = ({ output }: Compilation): string =>
  output.split('\n').find((line) => line.includes('error')) ?? output.trim();
