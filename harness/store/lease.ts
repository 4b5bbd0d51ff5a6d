/**
 * Who works on a run folder. A lease is a file `lease.<generation>.json` that is created whole or not at all, by a hard
 * link. The generation counts up and is never used twice, because `attempts.jsonl` remembers it: a stale lease is
 * superseded by the next generation before it is deleted, so that nobody can delete a lease he did not mean to.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/files/atomic-write.js';
import { readAttempts } from './attempts.js';
import {
  hostSchema,
  identify,
  isAlive,
  processSchema,
  thisHost,
  visibility,
} from '../core/process/process-identity.js';
import { runSchemaVersion } from './run-folder.js';
import { listFolder } from './list-folder.js';
import { readIfThere, readStored } from './stored-json.js';
import { systemCode } from '../core/files/system-code.js';
import { writing } from '../core/files/write-problem.js';
import { Problem } from '../core/problem.js';

/**
 * A task of a job in a cluster's queue. The name is made here before the job is submitted, and no other job has it: who finds it
 * in a lease can ask the queue after it, whatever became of the submission.
 */
export const queueJobSchema = z.strictObject({ name: z.string(), task: z.number().int().min(0) });
export type QueueJob = z.infer<typeof queueJobSchema>;

export const leaseSchema = z.strictObject({
  schema: z.literal(runSchemaVersion),
  generation: z.number().int().min(1),
  attempt: z.number().int().min(1),
  /** In the environment of the worker and of all that it starts, so that what is left of them can be found. */
  token: z.string(),
  host: hostSchema,
  /** Null where nobody watches: a job that was submitted and left to its queue. */
  scheduler: processSchema.nullable(),
  /** Leader of its own process group; null until it has been started. */
  worker: processSchema.nullable(),
  /** Of a worker that a queue starts on some other host. */
  job: queueJobSchema.nullable(),
  devices: z.string(),
  /** Names of the device slots it was given, so that whoever adopts the worker gives them to nobody else. */
  slots: z.array(z.string()),
  /** ISO 8601, UTC. */
  at: z.string(),
});
export type Lease = z.infer<typeof leaseSchema>;

export type Liveness =
  /** Its scheduler lives: leave it alone. */
  | 'held'
  /** Its scheduler is gone, its worker lives. */
  | 'orphaned'
  | 'dead'
  /** Taken on another host or in another container: this process table cannot tell. */
  | 'elsewhere';

/** How a lease stands: `livenessOf`, or something that also knows a queue. */
export type Judge = (lease: Lease) => Liveness;

/** By the process table alone, which cannot tell whether a queue still holds a job. */
export function livenessOf(lease: Lease): Liveness {
  if (lease.job !== null) return isWatchedHere(lease) ? 'held' : 'elsewhere';
  switch (visibility(lease.host)) {
    case 'elsewhere':
      return 'elsewhere';
    case 'rebooted':
      return 'dead';
    case 'here':
      if (isWatchedHere(lease)) return 'held';
      return lease.worker !== null && isAlive(lease.worker) ? 'orphaned' : 'dead';
  }
}

/** For people. */
export const holderOf = ({ host, scheduler, job }: Lease): string =>
  job !== null ? `job ${job.name}, submitted on ${host.name}` : `process ${scheduler?.pid ?? '?'} on ${host.name}`;

/** Whether the process that took the lease lives on this host. */
export const isWatchedHere = ({ host, scheduler }: Lease): boolean =>
  scheduler !== null && visibility(host) === 'here' && isAlive(scheduler);

const leaseName = /^lease\.(\d+)\.json$/;
const leasePath = (folder: string, generation: number): string => join(folder, `lease.${generation}.json`);

/** The leases in a folder, newest first; usually none or one. @throws Problem RUN_DAMAGED, FILE_UNREADABLE, RUN_SCHEMA */
export function readLeases(folder: string, names: readonly string[] = listFolder(folder)): Lease[] {
  const leases: Lease[] = [];
  for (const name of names) {
    if (!leaseName.test(name)) continue;
    const lease = readLease(join(folder, name));
    if (lease) leases.push(lease);
  }
  return leases.sort((a, b) => b.generation - a.generation);
}

function readLease(path: string): Lease | undefined {
  const text = readIfThere(path);
  if (text === null) return undefined; // released since the folder was listed
  return readStored(path, text, (value) => leaseSchema.parse(value), 'If nobody works on this run, delete that file.');
}

export type Claim =
  | { readonly claimed: true; readonly lease: Lease; readonly superseded: readonly Lease[] }
  /** Somebody else works on it; `orphaned` when only a worker does. */
  | { readonly claimed: false; readonly holder: Lease; readonly liveness: Exclude<Liveness, 'dead'> };

/** What a claim may do with a lease that is not dead: `takeOver` counts it as dead, for leases from elsewhere and adoption. */
export type TakeOver = (lease: Lease, liveness: Exclude<Liveness, 'dead'>) => boolean;

export interface ClaimRequest {
  readonly devices: string;
  readonly slots: readonly string[];
  readonly sameAttempt?: boolean;
  readonly takeOver?: TakeOver | undefined;
}

/**
 * Claims the folder for this process, or says who has it. Of any number of processes that try at once, one wins.
 * @throws Problem DISK_FULL, NOT_WRITABLE, RUN_DAMAGED, RUN_CONTENDED
 */
export function claimLease(
  folder: string,
  { devices, slots, sameAttempt = false, takeOver = () => false }: ClaimRequest,
  judge: Judge = livenessOf,
): Claim {
  const self = identify(process.pid);
  if (!self) throw new Error('Internal error: this process is not in the process table');
  for (let tries = 0; tries < mostTries; tries++) {
    const superseded = readLeases(folder);
    for (const lease of superseded) {
      const liveness = judge(lease);
      if (liveness !== 'dead' && !takeOver(lease, liveness)) return { claimed: false, holder: lease, liveness };
    }
    const attempts = readAttempts(folder);
    const lastGeneration = Math.max(
      0,
      ...attempts.map((line) => line.generation),
      ...superseded.map((l) => l.generation),
    );
    const lastAttempt = Math.max(0, ...attempts.map((line) => line.attempt), ...superseded.map((l) => l.attempt));
    const lease: Lease = {
      schema: runSchemaVersion,
      generation: lastGeneration + 1,
      attempt: sameAttempt ? Math.max(1, lastAttempt) : lastAttempt + 1,
      token: randomUUID(),
      host: thisHost(),
      scheduler: self,
      worker: null,
      job: null,
      devices,
      slots: [...slots],
      at: new Date().toISOString(),
    };
    if (!createLease(folder, lease)) continue; // another was quicker
    if (isNewest(folder, lease)) return { claimed: true, lease, superseded };
    releaseLease(folder, lease); // what we had read was out of date
  }
  throw new Problem(
    'RUN_CONTENDED',
    `${folder}: no lease could be taken in ${mostTries} tries`,
    'Look at the lease.*.json there: something makes them as fast as this program does.',
  );
}

/** Each try that is lost was won by another process, which then has the lease or gave it back. */
const mostTries = 1000;

function createLease(folder: string, lease: Lease): boolean {
  const path = leasePath(folder, lease.generation);
  const whole = `${path}.${lease.token}.tmp`;
  return writing(path, () => {
    try {
      writeAtomically(whole, JSON.stringify(lease));
      linkSync(whole, path);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(whole, { force: true });
    }
  });
}

function isNewest(folder: string, lease: Lease): boolean {
  const later = (generation: number, token?: string) =>
    generation > lease.generation || (generation === lease.generation && token !== lease.token);
  return (
    !readLeases(folder).some((other) => later(other.generation, other.token)) &&
    !readAttempts(folder).some((line) => later(line.generation))
  );
}

/** Replaces the details of a lease that the caller holds. @throws Problem DISK_FULL, NOT_WRITABLE */
export function updateLease(folder: string, lease: Lease): void {
  const path = leasePath(folder, lease.generation);
  writing(path, () => {
    writeAtomically(path, JSON.stringify(lease));
  });
}

/** Gives up a lease that the caller holds, or deletes one that is dead and superseded. */
export function releaseLease(folder: string, lease: Lease): void {
  const path = leasePath(folder, lease.generation);
  writing(path, () => {
    rmSync(path, { force: true });
  });
}
