/** Tools that some tests need and a user's machine may lack. In CI a missing one is a failure, elsewhere a skipped test. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { longTier } from './tier.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Tool {
  /** Any one of these is enough: names looked up on PATH, paths from the project's root, or files that LaTeX finds. */
  readonly anyOf: readonly string[];
  /** How to get it on Debian. */
  readonly from: string;
}

const tools = {
  pdflatex: { anyOf: ['pdflatex'], from: 'apt-get install texlive-latex-recommended' },
  siunitx: {
    anyOf: ['.venv/texmf/tex/latex/siunitx/siunitx.sty', 'kpsewhich:siunitx.sty'],
    from: 'apt-get install texlive-science',
  },
  ieeetran: {
    anyOf: ['.venv/texmf/tex/latex/ieeetran/IEEEtran.cls', 'kpsewhich:IEEEtran.cls'],
    from: 'apt-get install texlive-publishers',
  },
  llncs: {
    anyOf: ['.venv/texmf/tex/latex/llncs/llncs.cls', 'kpsewhich:llncs.cls'],
    from: 'apt-get install texlive-publishers',
  },
  times: { anyOf: ['kpsewhich:ptmr7t.tfm'], from: 'apt-get install texlive-fonts-recommended' },
  pdftoppm: { anyOf: ['pdftoppm'], from: 'apt-get install poppler-utils' },
  chromium: { anyOf: ['chromium', 'chromium-browser', 'google-chrome'], from: 'apt-get install chromium' },
  slurm: { anyOf: ['slurmctld'], from: 'apt-get install slurmctld slurmd slurm-client munge' },
  jax: { anyOf: ['.venv/oracle/bin/python'], from: '.ci/run makes it' },
  /** The same, by what else is in it. */
  oracle: { anyOf: ['.venv/oracle/bin/python'], from: '.ci/run makes it' },
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

/** Where LaTeX finds a file of its own; undefined where it or LaTeX is missing. */
function latexFile(name: string): string | undefined {
  const { status, stdout } = spawnSync('kpsewhich', [name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The environment that pdflatex wants: with the packages that `.ci/run` put into a tree of the project's own. */
export const latexEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  TEXMFHOME: process.env['TEXMFHOME'] ?? join(root, '.venv', 'texmf'),
});

/** The tool's path; undefined where it is missing. */
export function findTool(name: ToolName): string | undefined {
  for (const candidate of tools[name].anyOf) {
    const path = candidate.startsWith('kpsewhich:')
      ? latexFile(candidate.slice('kpsewhich:'.length))
      : candidate.includes('/')
        ? join(root, candidate)
        : which(candidate);
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
