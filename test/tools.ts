/** Tools that some tests need and a user's machine may lack. In CI a missing one is a failure, elsewhere a skipped test. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { longTier } from './tier.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Tool {
  /** Any one of these is enough: names looked up on PATH, or paths from the project's root. */
  readonly anyOf: readonly string[];
  /** How to get it on Debian. */
  readonly from: string;
}

const tools = {
  pdflatex: { anyOf: ['pdflatex'], from: 'apt-get install texlive-latex-recommended' },
  pdftoppm: { anyOf: ['pdftoppm'], from: 'apt-get install poppler-utils' },
  chromium: { anyOf: ['chromium', 'chromium-browser', 'google-chrome'], from: 'apt-get install chromium' },
  slurm: { anyOf: ['slurmctld'], from: 'apt-get install slurmctld slurmd slurm-client munge' },
  jax: { anyOf: ['.venv/oracle/bin/python'], from: '.ci/run makes it' },
  compiler: { anyOf: ['g++'], from: 'apt-get install g++' },
  unzip: { anyOf: ['unzip'], from: 'apt-get install unzip' },
  python: { anyOf: ['python3'], from: 'apt-get install python3' },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The absolute path of an executable on PATH (Debian keeps daemons in /usr/sbin, which a user's PATH may lack). */
export function which(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(executable);
}

/** The tool's path; undefined where it is missing. */
export function findTool(name: ToolName): string | undefined {
  for (const candidate of tools[name].anyOf) {
    const path = candidate.includes('/') ? join(root, candidate) : which(candidate);
    if (path !== undefined && existsSync(path)) return path;
  }
  return undefined;
}

/**
 * For `describe.skipIf(missingTool('pdflatex'))`: true, with the reason printed, where a tool is missing.
 * @throws Error in CI, where nothing may be skipped.
 */
export function missingTool(...names: ToolName[]): boolean {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return false;
  const reason = missing.map((name) => `${name} is missing (${tools[name].from})`).join(', ');
  if (longTier) throw new Error(`CI needs every tool: ${reason}`);
  console.warn(`skipped: ${reason}`);
  return true;
}
