/** What a run will take: time, disk, memory. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { kindOf } from '../../kinds/index.js';
import { makespan, type SecondsOf } from './estimate.js';
import { place } from '../devices/placement.js';
import type { OutputStream } from '../progress/live-region.js';
import { bytes, roughly } from '../progress/format.js';
import type { Decision } from '../decide.js';
import { sideBySide, type Runnable } from '../site.js';

export interface Needs {
  readonly jobs: number;
  readonly seconds: number;
  /** Of all jobs, were they run one after the other: what a cluster would bill. */
  readonly deviceSeconds: number;
  readonly diskBytes: number;
  readonly diskFreeBytes: number | null;
  /** Of the largest jobs that can run side by side. */
  readonly memoryBytes: number;
  readonly memoryThereBytes: number;
}

export function needsOf(
  runnable: Omit<Runnable, 'jobs' | 'profile' | 'policy' | 'store'>,
  decisions: readonly Decision[],
  secondsOf: SecondsOf,
  atOnce?: number,
): Needs {
  const { selected, hardware, folders, sizeOf } = runnable;
  const jobs = decisions.filter(({ action }) => action !== 'reuse').map(({ job }) => job);
  const lanes = sideBySide(runnable, atOnce);
  const memoryOf = (alone: boolean): number[] =>
    jobs.filter((job) => kindOf(job).alone === alone).map((job) => kindOf(job).memoryBytes(job, sizeOf));
  const together = memoryOf(false)
    .sort((a, b) => b - a)
    .slice(0, lanes)
    .reduce((sum, memory) => sum + memory, 0);
  return {
    jobs: jobs.length,
    seconds: makespan(jobs, secondsOf, lanes),
    deviceSeconds: jobs.reduce((sum, job) => sum + secondsOf(job) * place(job, selected, sizeOf).want.slots, 0),
    diskBytes: jobs.reduce((sum, job) => sum + kindOf(job).diskBytes(job, sizeOf), 0),
    diskFreeBytes: freeBytes(folders.runs),
    memoryBytes: Math.max(0, together, ...memoryOf(true)),
    memoryThereBytes: hardware.memoryBytes,
  };
}

/** Free bytes where a folder is, or will be. */
function freeBytes(folder: string): number | null {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize } = statfsSync(there);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** One or two lines: how many jobs and how long, and what they need. */
export function needsSentences(needs: Needs, decisions: readonly Decision[]): string[] {
  const reused = decisions.length - needs.jobs;
  const jobs = `${decisions.length} ${decisions.length === 1 ? 'job' : 'jobs'}: ${reused} reused, ${needs.jobs} to run`;
  if (needs.jobs === 0) return [`${jobs}.`];
  const hours = needs.deviceSeconds / 3600;
  const deviceHours = hours < 24 ? '' : ` (${Math.round(hours)} device hours)`;
  const free = needs.diskFreeBytes === null ? '' : ` (${bytes(needs.diskFreeBytes)} free)`;
  return [
    `${jobs}, about ${roughly(needs.seconds)}${deviceHours}.`,
    `They need ${bytes(needs.diskBytes)} of disk${free} and ${bytes(needs.memoryBytes)} of memory (${bytes(needs.memoryThereBytes)} there).`,
  ];
}

/** Says what is about to begin, and warns where the machine is too small for it. */
export function warnOfNeeds(needs: Needs, decisions: readonly Decision[], messages: OutputStream): void {
  for (const line of needsSentences(needs, decisions)) messages.write(`${line}\n`);
  const { diskBytes, diskFreeBytes, memoryBytes, memoryThereBytes } = needs;
  if (diskFreeBytes !== null && diskBytes > diskFreeBytes)
    messages.write(`The disk may fill up: \`npm run reproduce -- clean\` lists what may go.\n`);
  if (memoryBytes > memoryThereBytes)
    messages.write('Some jobs may need more memory than there is; they run one at a time.\n');
}
