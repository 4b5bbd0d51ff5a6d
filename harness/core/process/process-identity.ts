/** Who a process is, so that a recycled pid, a restarted machine or another host is never taken for it. */
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { systemCode } from '../files/system-code.js';

/** A pid alone is reused; with its start time (clock ticks since boot) it names one process of this boot. */
export const processSchema = z.strictObject({ pid: z.number().int(), startTime: z.number().int() });
export type ProcessIdentity = z.infer<typeof processSchema>;

/** A running kernel, seen from one pid namespace: pids of another container mean nothing here. */
export const hostSchema = z.strictObject({ name: z.string(), boot: z.string(), pidNamespace: z.string() });
export type HostIdentity = z.infer<typeof hostSchema>;

let host: HostIdentity | undefined;

export function thisHost(): HostIdentity {
  host ??= {
    name: hostname(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
  };
  return host;
}

/** When a process started, in clock ticks since boot (proc(5), field 22); null when it cannot be seen or is only a zombie. */
export function startTimeOf(pid: number): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return null;
  return Number(fields[19]);
}

export function identify(pid: number): ProcessIdentity | null {
  const startTime = startTimeOf(pid);
  return startTime === null ? null : { pid, startTime };
}

/** Where another user's processes cannot be seen (`hidepid`), there is still a process of that number: it counts as this one. */
export function isAlive({ pid, startTime }: ProcessIdentity, seen = startTimeOf, exists = hasProcess): boolean {
  const found = seen(pid);
  return found === null ? exists(pid) : found === startTime;
}

/** Whether there is a process of that number that cannot be seen in `/proc`. */
export function hasProcess(pid: number): boolean {
  if (isSeen(pid)) return false; // a zombie
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function isSeen(pid: number): boolean {
  try {
    return statSync(`/proc/${pid}/stat`).isFile();
  } catch {
    return false;
  }
}

/** Whether this host's process table can tell about processes recorded on `other`. */
export function visibility(other: HostIdentity): 'here' | 'rebooted' | 'elsewhere' {
  const here = thisHost();
  if (other.boot === here.boot) return other.pidNamespace === here.pidNamespace ? 'here' : 'elsewhere';
  return other.name === here.name ? 'rebooted' : 'elsewhere';
}
