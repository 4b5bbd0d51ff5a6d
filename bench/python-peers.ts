/** The Python peers' virtual environment, `.venv/bench`: made when first needed, made anew when the pins change. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../harness/core/project.js';

export interface PythonPlaces {
  readonly folder: string;
  readonly requirements: string;
  /** What makes the environment. */
  readonly python: string;
}

export const pythonPlaces: PythonPlaces = {
  folder: inProject('.venv', 'bench'),
  requirements: inProject('bench', 'requirements.txt'),
  python: 'python3',
};

/**
 * The environment's interpreter, or why there is none: a missing Python, no network, a full disk. Never throws for those,
 * because the other peers are measured without it.
 */
export async function preparePython(
  places: PythonPlaces,
  say: (line: string) => void,
): Promise<{ readonly python: string } | { readonly unavailable: string }> {
  const { folder, requirements } = places;
  const python = join(folder, 'bin', 'python');
  // Written last, so an interrupted installation counts as none.
  const stamp = join(folder, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(requirements, 'utf8')) return { python };

  say(`installing Keras and PyTorch into ${folder}: about 7 GB on the disk, some minutes, only this once`);
  rmSync(stamp, { force: true });
  const steps: readonly (readonly [string, ...string[]])[] = [
    [places.python, '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements],
  ];
  for (const [program, ...parameters] of steps) {
    const failure = await run(program, parameters);
    if (failure !== undefined) return { unavailable: `${program} ${parameters.slice(0, 3).join(' ')}: ${failure}` };
  }
  copyFileSync(requirements, stamp);
  return { python };
}

/** Undefined where it went well, else its last word. */
async function run(program: string, parameters: readonly string[]): Promise<string | undefined> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: string): void => {
    output = (output + text).slice(-10_000);
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'it was not found' : error.message);
    });
    child.once('close', (code) => {
      const last = output.trim().split('\n').at(-1) ?? '';
      resolve(code === 0 ? undefined : last === '' ? `exit code ${code}` : last);
    });
  });
}
