/** The machine and software of an attempt. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { usableCores } from '../../core/process/cores.js';
import { inProject, projectRoot } from '../../core/project.js';
import type { Execution } from '../../store/execution.js';
import type { Environment } from '../../store/environment.js';
import { visibleGpus } from '../../engine/devices/visible-gpus.js';

const execute = promisify(execFile);

/** What can be found out without an engine; never throws, for a run must not fail on its own description. */
export async function describeEnvironment(
  execution: Execution,
  warn: (line: string) => void = () => undefined,
): Promise<Omit<Environment, 'tensorflow'>> {
  const [{ gpus }, git] = await Promise.all([visibleGpus(execution.devices), describeCheckout(warn)]);
  return {
    host: hostname(),
    os: `${type().toLowerCase()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    // Those this process may use: an affinity mask or a container's quota may leave fewer than the machine has.
    cores: usableCores().length,
    memoryBytes: totalmem(),
    gpus: gpus.map((gpu) => gpu.model),
    driver: gpus[0]?.driver ?? null,
    node: process.version,
    engine: execution.engine,
    devices: execution.devices,
    deterministic: execution.deterministic,
    tf32: execution.tf32,
    ...git,
  };
}

/** Commit of the project's own checkout; null where it is not one (an unpacked archive inside another repository counts as not). */
async function describeCheckout(
  warn: (line: string) => void,
): Promise<Pick<Environment, 'gitCommit' | 'gitDirty' | 'gitTrouble'>> {
  if (!existsSync(inProject('.git'))) return { gitCommit: null, gitDirty: null };
  const git = async (...parameters: string[]) =>
    (await execute('git', parameters, { cwd: projectRoot, timeout: 10_000, env: environmentOfGit() })).stdout;
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { gitCommit: commit.trim(), gitDirty: changes.trim() !== '' };
  } catch (error) {
    warn(`The commit of the program is not known: ${wordsOf(error)}`);
    return { gitCommit: null, gitDirty: null, gitTrouble: wordsOf(error) };
  }
}

/** `detected dubious ownership in repository at '/srv/tables'`, or that there is no git. */
function wordsOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const [first] = said.split('\n').filter((line) => line.trim() !== '');
  return (first ?? (error instanceof Error ? error.message : String(error))).replace(/^fatal: /, '').slice(0, 200);
}

/** Without what points git at another repository: a hook of one that calls this program sets GIT_DIR and more. */
const environmentOfGit = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG')),
  ),
  LC_ALL: 'C',
});

/** Peak resident memory of this process so far, bytes. */
export function peakMemoryBytes(): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak?.[1] !== undefined) return Number(peak[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
