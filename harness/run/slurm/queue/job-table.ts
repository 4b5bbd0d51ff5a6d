/** What Slurm says of all our jobs: one question for all of them, asked now and then, and seldom while nobody answers. */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../core/problem.js';
import type { QueueJob } from '../../../store/lease.js';
import { monotonicSeconds } from '../../local/attempt.js';
import { SlurmAway, type SlurmCommands } from '../commands.js';
import {
  hasEnded,
  keyOf,
  parseSacct,
  parseSqueue,
  sacctArguments,
  squeueArguments,
  type QueuedJob,
} from './queue-answer.js';

/** What is known of a job: as the queue says; `missing` from an answer that should have it; nothing was ever answered. */
export type Sighting = { readonly job: QueuedJob } | 'missing' | 'unknown';

/** Between two questions while nobody answers: doubled up to this, seconds. */
const longestBackoff = 300;

interface Watch {
  readonly job: QueueJob;
  readonly since: number;
  readonly onChange: (job: QueuedJob) => void;
  readonly resolve: (job: QueuedJob | null) => void;
}

export class JobTable {
  #jobs = new Map<string, QueuedJob>();
  /** When the last answered question was asked: by the wall clock, ms, and by the monotonic one, seconds. */
  #asked: { readonly at: number; readonly monotonic: number } | null = null;
  #asking: Promise<void> | null = null;
  #failures = 0;
  /** False where there are no accounts to look into. */
  #accounts = true;
  readonly #watches = new Set<Watch>();
  #polling = false;
  #warn: (message: string) => void = () => undefined;

  constructor(
    private readonly commands: SlurmCommands,
    private readonly pollSeconds: number,
  ) {}

  onTrouble(warn: (message: string) => void): void {
    this.#warn = warn;
  }

  /** Wall-clock milliseconds of the last answered question; null before the first. */
  get askedAt(): number | null {
    return this.#asked?.at ?? null;
  }

  find(job: QueueJob): Sighting {
    this.#freshen();
    if (this.#asked === null) return 'unknown';
    const found = this.#jobs.get(keyOf(job));
    return found ? { job: found } : 'missing';
  }

  /** Asks in the background where the last answer is old and nobody waits for a job. */
  #freshen(): void {
    const age = monotonicSeconds() - (this.#asked?.monotonic ?? -Infinity);
    if (this.#polling || this.#asking || age < this.#pause()) return;
    void this.#answered();
  }

  /** All that was in the last answer. */
  get jobs(): readonly QueuedJob[] {
    return [...this.#jobs.values()];
  }

  /**
   * Asks. A question that is under way already is not enough: what was done just now may not be in its answer.
   * @throws SlurmAway, Problem SLURM_MISSING, SLURM_REFUSED
   */
  async refresh(): Promise<void> {
    await this.#asking?.catch(() => undefined);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const asked = { at: Date.now(), monotonic: monotonicSeconds() };
    const jobs = parseSqueue(await this.commands.run('squeue', squeueArguments(userInfo().username)));
    this.#jobs = new Map(jobs.map((job) => [keyOf(job), job]));
    this.#asked = asked;
  }

  /**
   * Resolves when a job has ended: to what is known of the end, null where the queue has forgotten it and there are no accounts.
   * The job must have been accepted by Slurm before this is called. `onChange` hears of every state on the way.
   */
  ended(job: QueueJob, onChange: (job: QueuedJob) => void = () => undefined): Promise<QueuedJob | null> {
    return new Promise((resolve) => {
      this.#watches.add({ job, since: monotonicSeconds(), onChange, resolve });
      if (!this.#polling) void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    try {
      while (this.#watches.size > 0) {
        await sleep(this.#pause() * 1000, undefined, { ref: false });
        if (await this.#answered()) await this.#tellWatches();
      }
    } finally {
      this.#polling = false;
    }
  }

  #pause(): number {
    return Math.min(longestBackoff, this.pollSeconds * 2 ** this.#failures);
  }

  /** Asks; without an answer everything stays as it was. */
  async #answered(): Promise<boolean> {
    try {
      await this.refresh();
    } catch (error) {
      if (!(error instanceof SlurmAway || error instanceof Problem)) throw error;
      if (this.#failures++ === 0)
        this.#warn(
          `Slurm does not answer (${firstLine(error.message)}): nothing is lost, it is asked again less often`,
        );
      return false;
    }
    if (this.#failures > 0) this.#warn('Slurm answers again');
    this.#failures = 0;
    return true;
  }

  async #tellWatches(): Promise<void> {
    const missing: Watch[] = [];
    for (const watch of [...this.#watches]) {
      const found = this.#jobs.get(keyOf(watch.job));
      if (found) this.#tell(watch, found);
      else if ((this.#asked?.monotonic ?? 0) > watch.since) missing.push(watch);
    }
    if (missing.length === 0) return;
    const accounts = await this.#lookUp(missing.map(({ job }) => job.name));
    if (accounts === null) return;
    for (const watch of missing) {
      const found = accounts.get(keyOf(watch.job));
      if (found) this.#tell(watch, found);
      else this.#end(watch, null);
    }
  }

  #tell(watch: Watch, job: QueuedJob): void {
    watch.onChange(job);
    if (hasEnded(job)) this.#end(watch, job);
  }

  #end(watch: Watch, job: QueuedJob | null): void {
    this.#watches.delete(watch);
    watch.resolve(job);
  }

  /** Null where slurmdbd does not answer now. */
  async #lookUp(names: readonly string[]): Promise<Map<string, QueuedJob> | null> {
    if (!this.#accounts) return new Map();
    try {
      const jobs = parseSacct(await this.commands.run('sacct', sacctArguments([...new Set(names)])));
      return new Map(jobs.map((job) => [keyOf(job), job]));
    } catch (error) {
      if (error instanceof SlurmAway) return null;
      if (!(error instanceof Problem)) throw error;
      this.#accounts = false; // `Slurm accounting storage is disabled`
      return new Map();
    }
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text;
