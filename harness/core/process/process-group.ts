/** Ending a worker together with everything it started. */
import { readFileSync, readdirSync } from 'node:fs';
import { systemCode } from '../files/system-code.js';

/** Environment variables that mark a worker and all its descendants: whose they are, and what they compute on. */
export const leaseVariable = 'REPRODUCE_LEASE';
export const slotsVariable = 'REPRODUCE_SLOTS';

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

/** A process that a worker is, or that it started. */
export interface WorkerProcess {
  readonly pid: number;
  /** Of its lease. */
  readonly token: string;
  /** Device slots that were given to it. */
  readonly slots: readonly string[];
}

/** All processes on this machine that were started under a lease, also those that left their process group. */
export function workerProcesses(): WorkerProcess[] {
  const found: WorkerProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = readEnvironment(pid);
    const token = environment && valueOf(leaseVariable, environment);
    if (token) found.push({ pid, token, slots: (valueOf(slotsVariable, environment) ?? '').split(',') });
  }
  return found;
}

const processesOf = (token: string): number[] =>
  workerProcesses().flatMap((found) => (found.token === token ? [found.pid] : []));

/** Kills what is left of a lease's processes, wherever they went. */
export function killProcessesOf(token: string): void {
  // A process may fork between being seen and being killed: look again until none is left.
  for (let round = 0; round < 20; round++) {
    const pids = processesOf(token);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, 'SIGKILL');
  }
}

function readEnvironment(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}

function valueOf(name: string, environment: string): string | undefined {
  const start = `\0${environment}`.indexOf(`\0${name}=`);
  if (start < 0) return undefined;
  return environment.slice(start + name.length + 1, (environment + '\0').indexOf('\0', start));
}
