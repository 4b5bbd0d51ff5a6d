/** npm's packages: there, and the ones of package-lock.json; else `npm ci`, install scripts off. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { withLock } from './lock.mjs';
import { BootstrapProblem } from './problem.mjs';
import { inProject, say } from './project.mjs';

const stampFile = inProject('node_modules', '.warpnet-stamp');
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(inProject('package-lock.json')))
    .digest('hex');

/** Whether what npm installed, by its own record, is what the lock file names. */
function installedAsLocked() {
  const record = inProject('node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  /** @type {Record<string, {version?: string}>} */
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  /** @type {Record<string, {version?: string, optional?: boolean}>} */
  const locked = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && installed[path] === undefined),
  );
}

/** Costs one hash of the lock file when nothing changed. */
export function packagesReady() {
  const hash = lockHash();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return true;
  if (!installedAsLocked()) return false;
  writeFileSync(stampFile, hash);
  return true;
}

/**
 * npm's environment: the caller's, without what would leave packages out or put them elsewhere. Registry, proxy and
 * certificates stay.
 */
function environmentOfNpm(environment = process.env) {
  const meddling =
    /^(node_env|npm_config_(omit|include|only|also|production|dev|optional|dry_run|global|location|prefix|workspaces?|package_lock(_only)?))$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !meddling.test(name.replaceAll('-', '_'))));
}

/** @throws BootstrapProblem NPM_MISSING, NPM_FAILED, NPM_INCOMPLETE */
export async function installPackages() {
  if (packagesReady()) return;
  await withLock(
    inProject('native', 'set-up.lock'),
    (owner) => say(`waiting for another set-up of this folder (process ${owner})`),
    async () => {
      if (packagesReady()) return;
      say('installing npm packages (npm ci)');
      // The compiler is among the packages for development, native code among the optional ones.
      const wanted = ['--include=dev', '--include=optional', '--include=peer'];
      const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...wanted], {
        cwd: inProject(),
        env: environmentOfNpm(),
        // npm's words go to standard error: standard output is the command's own.
        stdio: ['ignore', 2, 2],
      });
      if (npm.error)
        throw new BootstrapProblem('NPM_MISSING', 'npm was not found', 'Install npm (it comes with Node).');
      if (npm.signal) throw new BootstrapProblem('INTERRUPTED', 'npm ci was interrupted', 'Run the command again.');
      if (npm.status !== 0)
        throw new BootstrapProblem(
          'NPM_FAILED',
          `npm ci ended with exit code ${npm.status}; its message is above`,
          'Without a network, or behind a proxy, see `npm config` (proxy, registry, cafile); on a full disk make room. Then run the command again.',
        );
      if (!installedAsLocked())
        throw new BootstrapProblem(
          'NPM_INCOMPLETE',
          'npm ci ended well, but not all packages of package-lock.json are there',
          'See `npm config list` for what leaves packages out, then run the command again.',
        );
      writeFileSync(stampFile, lockHash());
    },
  );
}
