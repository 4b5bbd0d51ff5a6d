/** The machine and software of an attempt. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { inProject, projectRoot } from '../../core/project.js';
import type { Execution } from '../../store/execution.js';
import type { Environment } from '../../store/environment.js';
import { visibleGpus } from '../../engine/devices/visible-gpus.js';

const execute = promisify(execFile);

/** What can be found out without an engine; never throws, for a run must not fail on its own description. */
export async function describeEnvironment(execution: Execution): Promise<Omit<Environment, 'tensorflow'>> {
  const [{ gpus }, git] = await Promise.all([visibleGpus(execution.devices), describeCheckout()]);
  return {
    host: hostname(),
    os: `${type().toLowerCase()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    // Those this process may use, which a scheduler's affinity mask may have made fewer.
    cores: availableParallelism(),
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
async function describeCheckout(): Promise<Pick<Environment, 'gitCommit' | 'gitDirty'>> {
  if (!existsSync(inProject('.git'))) return { gitCommit: null, gitDirty: null };
  const git = async (...parameters: string[]) =>
    (await execute('git', parameters, { cwd: projectRoot, timeout: 10_000 })).stdout;
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { gitCommit: commit.trim(), gitDirty: changes.trim() !== '' };
  } catch {
    return { gitCommit: null, gitDirty: null };
  }
}

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
