/** Ending a worker together with everything it started. */
import { readFileSync, readdirSync } from 'node:fs';
import { systemCode } from '../result/write-problem.js';

/** Environment variable that marks a worker and all its descendants. */
export const leaseVariable = 'REPRODUCE_LEASE';

/** Signals a process, or a whole group when `pid` is negative. False when there is none. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    // Gone, or its number is another user's by now.
    if (systemCode(error) === 'ESRCH' || systemCode(error) === 'EPERM') return false;
    throw error;
  }
}

/** Processes started under a lease, also those that left their process group. Linux only; elsewhere none are found. */
export function processesOf(token: string): number[] {
  const mark = Buffer.from(`${leaseVariable}=${token}`);
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (readEnvironment(pid)?.includes(mark)) found.push(pid);
  }
  return found;
}

/** Kills what is left of a lease's processes, wherever they went. */
export function killProcessesOf(token: string): void {
  // A process may fork between being seen and being killed: look again until none is left.
  for (let round = 0; round < 20; round++) {
    const pids = processesOf(token);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, 'SIGKILL');
  }
}

function readEnvironment(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}
