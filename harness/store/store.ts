/**
 * The run store, `reports/runs/`: a folder a job. An attempt goes through the same steps in the same order, so that a
 * kill between any two of them loses nothing: claim, log the beginning, invalidate, prepare, (run,) log the end, release.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import type { Job, JobResult } from '../kinds/index.js';
import type { AnyResult } from '../kinds/result.js';
import type { Papers } from '../plan/paper/papers.js';
import type { Problem } from '../core/problem.js';
import { writeAtomically } from '../core/files/atomic-write.js';
import { appendAttempt, readAttempts, type AttemptLine } from './attempts.js';
import type { Execution } from './execution.js';
import { failureSchema, type Failure } from './failure.js';
import type { Begin, BeginRequest, HeldRun, Outcome, StoreStep } from './held-run.js';
import { claimLease, livenessOf, readLeases, releaseLease, updateLease } from './lease.js';
import { foldersIn, listFolder } from './list-folder.js';
import type { Judge, Lease, Liveness, QueueJob, TakeOver } from './lease.js';
import { identify, type ProcessIdentity } from '../core/process/process-identity.js';
import { readJobFile } from './job-file.js';
import { runFile, runSchemaVersion } from './run-folder.js';
import { storedResult } from './read-result.js';
import { hasResult, stateOf, type RunState } from './state.js';
import { isDamage, readIfThere, readStored } from './stored-json.js';
import { makeFolder } from '../core/files/make-folder.js';
import { writing } from '../core/files/write-problem.js';

export class RunStore {
  constructor(
    /** `reports/runs` */
    readonly root: string,
    /** Whose jobs are read back; null where none are. */
    private readonly papers: Papers | null,
    private readonly options: {
      /** Ends what a dead lease's worker left running. */
      readonly endLeftovers?: (lease: Lease) => void;
      readonly onStep?: (step: StoreStep, id: string) => void;
      /** How leases stand; by default what the process table says. */
      readonly judge?: Judge;
    } = {},
  ) {}

  /** Leases in a run's folder, newest first, and how they stand; none where they cannot be read. */
  leases(id: string): { readonly lease: Lease; readonly liveness: Liveness }[] {
    try {
      return readLeases(this.folder(id)).map((lease) => ({ lease, liveness: this.#judge(lease) }));
    } catch (error) {
      if (isDamage(error)) return [];
      throw error;
    }
  }

  get #judge(): Judge {
    return this.options.judge ?? livenessOf;
  }

  folder(id: string): string {
    return join(this.root, id);
  }

  /** `failed` where something of it cannot be read: `failure` says what. @throws Problem RUN_SCHEMA */
  state(id: string): RunState {
    try {
      return stateOf(this.folder(id), this.#judge);
    } catch (error) {
      if (isDamage(error)) return 'failed';
      throw error;
    }
  }

  /** Ids of all runs there are, in no order. A file among them is none. */
  ids(): string[] {
    return foldersIn(this.root).filter((name) => !name.startsWith('.'));
  }

  /**
   * Begins an attempt, alone: of two schedulers that try at once, one gets `busy`. What an earlier attempt left (its
   * checkpoint, events, CSVs) stays, so that the worker can go on from there.
   * @throws Problem DISK_FULL, NOT_WRITABLE, RUN_SCHEMA
   */
  begin(request: BeginRequest): Begin {
    const { job } = request;
    const folder = this.folder(job.id);
    makeFolder(folder);
    const { devices, slots, takeOver } = request;
    const claim = claimLease(folder, { devices, slots, takeOver }, this.#judge);
    if (!claim.claimed) return { state: 'busy', holder: claim.holder, liveness: claim.liveness };
    const { lease } = claim;
    const run = { id: job.id, folder, lease };
    this.#step('claimed', job.id);
    try {
      if (!request.anew && this.isDone(job.id)) {
        this.#clear(folder, claim.superseded);
        releaseLease(folder, lease);
        return { state: 'done' };
      }
      this.#log(run, { type: 'began', host: lease.host.name, devices: lease.devices });
      this.#step('began', job.id);
      this.#clear(folder, claim.superseded);
      this.#invalidate(folder);
      this.#step('invalidated', job.id);
      this.#prepare(run, job, request.execution(lease.attempt));
      this.#step('prepared', job.id);
    } catch (error) {
      releaseLease(folder, lease);
      throw error;
    }
    return { state: 'begun', run };
  }

  /** Takes over a worker whose scheduler is gone; null when somebody else was quicker, or it ended meanwhile. */
  adopt(id: string): HeldRun | null {
    const folder = this.folder(id);
    const orphan = this.leases(id).find(({ liveness }) => liveness === 'orphaned')?.lease;
    if (!orphan) return null;
    const { devices, slots, token } = orphan;
    const takeOver: TakeOver = (lease, liveness) => liveness === 'orphaned' && lease.token === token;
    const claim = claimLease(folder, { devices, slots, sameAttempt: true, takeOver }, this.#judge);
    if (!claim.claimed) return null;
    const { worker, job, attempt } = orphan;
    const lease = { ...claim.lease, worker, job, token, attempt };
    updateLease(folder, lease);
    const run = { id, folder, lease };
    this.#log(run, { type: 'adopted', host: lease.host.name });
    for (const old of claim.superseded) releaseLease(folder, old);
    return run;
  }

  /** Writes down which process does the work, before it is allowed to begin. */
  recordWorker(run: HeldRun, worker: { readonly pid: number } | { readonly job: QueueJob }): HeldRun {
    const process: ProcessIdentity | null = 'pid' in worker ? identify(worker.pid) : null;
    const lease = { ...run.lease, worker: process, job: 'job' in worker ? worker.job : null };
    updateLease(run.folder, lease);
    this.#step('recorded', run.id);
    return { ...run, lease };
  }

  /** Logs how the attempt ended and gives up the lease. `seconds` by a monotonic clock; null where nobody watched. */
  end(run: HeldRun, end: Outcome, seconds: number | null): void {
    const failure = end.outcome === 'failed' ? end.failure : null;
    const { attempt } = run.lease;
    try {
      // A job in a queue closes its own books where it can.
      if (readAttempts(run.folder).some((line) => line.type === 'ended' && line.attempt === attempt)) return;
      if (failure) this.#writeFailure(run, failure);
      this.#log(run, { type: 'ended', outcome: end.outcome, failure: failure?.kind ?? null, seconds });
      this.#step('logged', run.id);
    } finally {
      releaseLease(run.folder, run.lease);
      this.#step('released', run.id);
    }
  }

  /** Leaves a run to its queue: nobody watches it any more, and whoever comes may. */
  leave(run: HeldRun): void {
    updateLease(run.folder, { ...run.lease, scheduler: null });
  }

  /** Closes the books of a finished run whose scheduler was killed between the result and the log. */
  settle(id: string): void {
    const folder = this.folder(id);
    const leases = this.leases(id);
    if (leases.length === 0 || leases.some(({ liveness }) => liveness !== 'dead')) return;
    const claim = claimLease(folder, { devices: '', slots: [], sameAttempt: true }, this.#judge);
    if (!claim.claimed) return;
    this.#clear(folder, claim.superseded);
    releaseLease(folder, claim.lease);
  }

  /** The job that a run's folder is of; null where there is none that this version understands. */
  job(id: string): Job | null {
    if (this.papers === null) throw new Error('Internal error: a store without papers reads no jobs');
    return readJobFile(this.papers, this.folder(id));
  }

  /** @throws Problem RESULT_INVALID, RUN_SCHEMA */
  result(id: string): JobResult | null {
    return storedResult(this.folder(id), id);
  }

  /** A result of that kind of work; null where there is none, or one of another kind. @throws Problem RESULT_INVALID, RUN_SCHEMA */
  resultOf<R extends AnyResult>(kind: { readonly kind: string; readonly result: ZodType<R> }, id: string): R | null {
    const result = this.result(id);
    return result?.kind === kind.kind ? (result as AnyResult as R) : null;
  }

  /** Whether there is a result that can be used: one that cannot be read counts as none. @throws Problem RUN_SCHEMA */
  isDone(id: string): boolean {
    try {
      return this.result(id) !== null;
    } catch (error) {
      if (isDamage(error)) return false;
      throw error;
    }
  }

  /** Of the last attempt; of a folder in which something cannot be read, what that is. @throws Problem RUN_SCHEMA */
  failure(id: string): Failure | null {
    const path = runFile(this.folder(id), 'failure');
    try {
      stateOf(this.folder(id), this.#judge);
      const text = readIfThere(path);
      return text === null ? null : readStored(path, text, (value) => failureSchema.parse(value), runAgain);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return failureOfDamage(error);
    }
  }

  /** Logs the end of attempts that nobody ended, ends what is left of them, and deletes their leases. */
  #clear(folder: string, dead: readonly Lease[]): void {
    for (const lease of dead) {
      this.options.endLeftovers?.(lease);
      const attempts = readAttempts(folder).filter((line) => line.attempt === lease.attempt);
      if (attempts.some((line) => line.type === 'began') && !attempts.some((line) => line.type === 'ended'))
        appendAttempt(folder, {
          schema: runSchemaVersion,
          generation: lease.generation,
          attempt: lease.attempt,
          at: new Date().toISOString(),
          type: 'ended',
          outcome: hasResult(folder) ? 'done' : 'interrupted',
          failure: null,
          seconds: null,
        });
      releaseLease(folder, lease);
    }
  }

  /** Results and failures go before anything new is written: a broken run is never taken for a finished one. */
  #invalidate(folder: string): void {
    writing(folder, () => {
      // Recursive: somebody may have put folders there.
      for (const file of ['result', 'failure'] as const)
        rmSync(runFile(folder, file), { force: true, recursive: true });
      for (const name of listFolder(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
    });
  }

  #prepare(run: HeldRun, job: Job, execution: Execution): void {
    const write = (file: 'job' | 'execution', value: unknown) => {
      const path = runFile(run.folder, file);
      const text = `${JSON.stringify(value, null, 1)}\n`;
      if (readIfThere(path) !== text)
        writing(path, () => {
          writeAtomically(path, text);
        });
    };
    write('job', job);
    write('execution', execution);
  }

  #writeFailure(run: HeldRun, failure: Failure): void {
    const path = runFile(run.folder, 'failure');
    writing(path, () => {
      writeAtomically(path, `${JSON.stringify(failure, null, 1)}\n`);
    });
    this.#step('failure-written', run.id);
  }

  #log(run: HeldRun, line: WithoutStamp<AttemptLine>): void {
    appendAttempt(run.folder, {
      schema: runSchemaVersion,
      generation: run.lease.generation,
      attempt: run.lease.attempt,
      at: new Date().toISOString(),
      ...line,
    });
  }

  #step(step: StoreStep, id: string): void {
    this.options.onStep?.(step, id);
  }
}

const runAgain = 'The next run of its table runs it again.';

/** A run that cannot be read, as a failure of its own. */
const failureOfDamage = ({ code, message, hint }: Problem): Failure => ({
  kind: 'problem',
  code,
  message,
  hint: hint ?? null,
  exitCode: null,
  signal: null,
  logTail: [],
  at: new Date().toISOString(),
  // Of none: whoever looks for that of an attempt does not take this for it.
  attempt: 0,
});

type WithoutStamp<L> = L extends unknown ? Omit<L, 'schema' | 'generation' | 'attempt' | 'at'> : never;
