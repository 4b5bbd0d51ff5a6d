/** `dist/`: TypeScript compiled, and compiled again when a source changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { BootstrapProblem } from './problem.mjs';
import { inProject, say } from './project.mjs';

const stampFile = inProject('dist', '.stamp');
const sourceFolders = ['harness', 'experiments', 'datasets', 'bench', 'bootstrap'];
const notSources = new Set([inProject('datasets', 'cache')]);

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesIn(folder) {
  if (notSources.has(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return /\.m?ts$|\.mjs$/.test(entry.name) ? [path] : [];
  });
}

/**
 * What tells whether the sources have changed. Their names, sizes and times take a few milliseconds; a copy of the folder or an
 * image of it has other times, so that the contents are compared where the times differ.
 * @param {'times' | 'contents'} by
 */
function sourcesHash(by) {
  const hash = createHash('sha256');
  for (const path of [inProject('tsconfig.json'), ...sourceFolders.flatMap((folder) => sourcesIn(inProject(folder)))]) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(inProject(), path)} ${size} ${by === 'times' ? mtimeMs : ''}\n`);
    if (by === 'contents') hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** How the last tsc ended on exactly these sources; undefined where they have changed since. */
function lastOutcome() {
  if (!existsSync(stampFile)) return undefined;
  const [times, outcome, contents] = readFileSync(stampFile, 'utf8').split(' ');
  const now = sourcesHash('times');
  if (times === now) return outcome;
  if (contents === undefined || contents !== sourcesHash('contents')) return undefined;
  try {
    writeFileSync(stampFile, `${now} ${outcome} ${contents}`);
  } catch {
    // In a read-only clone: the contents are compared each time.
  }
  return outcome;
}

/**
 * @param {{keepGoing?: boolean}} [options] keepGoing: type errors are printed but do not stop, as long as tsc wrote its output
 * @throws BootstrapProblem COMPILE_FAILED
 */
export async function compile({ keepGoing = false } = {}) {
  const enough = () => lastOutcome() === 'compiled' || (keepGoing && lastOutcome() === 'type-errors');
  if (enough()) return;
  await withLock(
    inProject('native', 'set-up.lock'),
    (owner) => say(`waiting for another set-up of this folder (process ${owner})`),
    async () => {
      if (enough()) return;
      say('compiling (tsc)');
      // Taken before tsc reads them: a source changed meanwhile is compiled next time.
      const hashes = [sourcesHash('times'), sourcesHash('contents')];
      rmSync(stampFile, { force: true });
      const tsc = spawnSync(
        process.execPath,
        [inProject('node_modules', 'typescript', 'bin', 'tsc'), '-p', inProject()],
        {
          stdio: ['ignore', 2, 2],
        },
      );
      // tsc writes its output before it fails for type errors (2).
      if (tsc.status === 0 || tsc.status === 2)
        writeFileSync(stampFile, [hashes[0], tsc.status === 0 ? 'compiled' : 'type-errors', hashes[1]].join(' '));
      if (tsc.status !== 0 && !keepGoing)
        throw new BootstrapProblem(
          'COMPILE_FAILED',
          'the sources do not compile; the errors are above',
          'If you changed nothing, `make clean` and try again.',
        );
    },
  );
}
