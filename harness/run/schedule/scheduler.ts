/** Runs jobs on the devices there are until each is done, has failed for good, or was told to stop. */
import type { Job } from '../../kinds/index.js';
import { Problem } from '../../core/problem.js';
import type { Failure } from '../../store/failure.js';
import { holderOf, type Lease } from '../../store/lease.js';
import type { HeldRun, Outcome } from '../../store/held-run.js';
import type { Allocation, Want } from '../devices/allocator.js';
import { monotonicSeconds } from '../local/attempt.js';
import { Background } from '../../core/process/background.js';
import { JobsElsewhere } from './elsewhere.js';
import type { Attempt, AttemptEnd } from '../local/executor.js';
import { tellOfResult, tellOfStart } from './announcements.js';
import { isDone, notStarted, outcomeOf } from './outcome.js';
import { backoff, stopsAllElse, worthRetrying } from './policy.js';
import { WaitingJobs } from './queue.js';
import type { Placement, ScheduleOutcome, ScheduleRequest } from './schedule-request.js';
import { WakeableSleep } from '../../core/process/wakeable-sleep.js';

interface Entry {
  readonly job: Job;
  readonly placement: Placement;
  want: Want;
  /** Attempts of this call of the program. */
  tries: number;
  /** Not before, by the monotonic clock. */
  readyAt: number;
}

/** @throws Problem RUN_SCHEMA where a run folder is of another format. */
export function runSchedule(request: ScheduleRequest): Promise<ScheduleOutcome> {
  return new Scheduler(request).run();
}

class Scheduler {
  readonly #waiting = new WaitingJobs<Entry>();
  readonly #running = new Map<string, Attempt>();
  /** Starting, running or ending. */
  readonly #background = new Background();
  readonly #elsewhere = new JobsElsewhere<Entry>();
  readonly #done: string[] = [];
  readonly #failed = new Map<string, Failure>();
  readonly #unfinished: string[] = [];
  #stopping = false;
  /** Tokens of workers taken over from dead schedulers. */
  readonly #adopted = new Set<string>();
  readonly #nap = new WakeableSleep();

  constructor(private readonly request: ScheduleRequest) {}

  async run(): Promise<ScheduleOutcome> {
    // What it waits for may be the end of a process that is not its child, which alone would not keep the program alive.
    const keepAlive = setInterval(() => undefined, 60_000);
    const unsubscribe = this.request.interruption.onRequest(() => {
      this.#stop();
    });
    this.request.executor.onTrouble?.((message) => this.request.tell({ type: 'warning', message }));
    try {
      for (const job of this.request.jobs) this.#receive(job);
      this.#occupy();
      for (;;) {
        this.#background.rethrow();
        if (this.request.interruption.level !== 'none') this.#stop();
        this.#lookElsewhere();
        this.#startWhatFits();
        if (this.#settled()) break;
        await this.#something();
      }
    } finally {
      clearInterval(keepAlive);
      unsubscribe();
      for (const attempt of this.#running.values()) attempt.stop('at once');
    }
    return { done: this.#done, failed: this.#failed, unfinished: this.#unfinished };
  }

  #receive(job: Job): void {
    const { store, allocator, anew } = this.request;
    const placement = this.request.placement(job);
    const entry: Entry = { job, placement, want: placement.want, tries: 0, readyAt: 0 };
    if (!anew?.has(job.id) && isDone(job, this.request)) {
      store.settle(job.id);
      this.#done.push(job.id);
      this.request.tell({ type: 'reused', job });
    } else if (!this.#adopt(entry)) {
      if (!allocator.possible(entry.want))
        throw new Error(`Internal error: ${job.title} needs more devices than there are`);
      this.#waiting.push(entry);
    }
  }

  #settled(): boolean {
    return !this.#background.busy && this.#waiting.size === 0 && this.#elsewhere.size === 0;
  }

  #startWhatFits(): void {
    const now = monotonicSeconds();
    while (!this.#stopping) {
      const next = this.#waiting.next(this.request.allocator, (entry) => entry.readyAt <= now);
      if (!next) return;
      this.#inBackground(this.#attempt(next.entry, next.allocation));
    }
  }

  #inBackground(work: Promise<void>): void {
    this.#background.add(work, () => {
      this.#nap.wake();
    });
  }

  /** Keeps slots free on which a job of an earlier scheduler runs that is none of ours. */
  #occupy(): void {
    const { executor, allocator, interruption } = this.request;
    if (this.#waiting.size === 0 || interruption.level !== 'none') return;
    const names = allocator.slots.map(({ name }) => name);
    for (const stray of executor.strays(names, this.#adopted)) {
      const allocation = allocator.reserve(stray.slots, { alone: false, memoryBytes: 0 });
      const slots = allocation.slots.map(({ name }) => name);
      if (slots.length > 0) this.request.tell({ type: 'occupied', slots, by: stray.name });
      void stray.ended.then(() => {
        allocator.release(allocation);
        this.#nap.wake();
      });
    }
  }

  async #attempt(entry: Entry, allocation: Allocation): Promise<void> {
    const { job, placement } = entry;
    const { store, allocator, executor, policy } = this.request;
    const devices = placement.devices(allocation);
    let attempt: Attempt;
    entry.tries++;
    try {
      const begin = store.begin({
        job,
        devices,
        slots: allocation.slots.map((slot) => slot.name),
        execution: (number) => this.request.execution(job, devices, number),
        anew: this.request.anew?.has(job.id) === true && entry.tries === 1,
      });
      if (begin.state !== 'begun') {
        allocator.release(allocation);
        entry.tries--;
        if (begin.state === 'done') this.#finish(job, 0);
        else if (begin.liveness !== 'orphaned' || !this.#adopt(entry)) this.#waitElsewhere(entry, begin.holder);
        return;
      }
      const { run } = begin;
      const { pinned, hardware } = placement;
      const launch = { run, hardware, allocation, pinned, policy, seconds: this.request.secondsOf(job) };
      try {
        attempt = await executor.start(launch, (worker) => store.recordWorker(run, worker));
      } catch (error) {
        store.end(run, { outcome: 'interrupted' }, null);
        throw error;
      }
    } catch (error) {
      allocator.release(allocation);
      this.#couldNotStart(entry, error);
      return;
    }
    tellOfStart(job, attempt, devices, this.request);
    await this.#watch(entry, attempt, allocation);
  }

  /** Watches a worker that outlived its scheduler, in its own slots. */
  #adopt(entry: Entry): boolean {
    const { store, executor, allocator } = this.request;
    const run = store.adopt(entry.job.id);
    if (!run) return false;
    const allocation = allocator.reserve(run.lease.slots, entry.want);
    const { attempt, devices, job } = run.lease;
    this.request.tell({
      type: 'adopted',
      job: entry.job,
      folder: run.folder,
      attempt,
      devices,
      queueJob: job?.name ?? null,
    });
    this.#adopted.add(run.lease.token);
    this.#inBackground(this.#watch(entry, executor.adopt(run, this.request.policy), allocation));
    return true;
  }

  async #watch(entry: Entry, attempt: Attempt, allocation: Allocation): Promise<void> {
    this.#running.set(entry.job.id, attempt);
    if (this.#stopping) attempt.stop(this.request.interruption.level === 'at once' ? 'at once' : 'gracefully');
    const end = await attempt.ended;
    this.#running.delete(entry.job.id);
    const { outcome } = this.#conclude(entry, attempt.run, end);
    if (outcome === 'done' && !this.#stopping) await tellOfResult(entry.job, this.request);
    this.request.allocator.release(allocation);
  }

  #conclude(entry: Entry, run: HeldRun, end: AttemptEnd): Outcome {
    const { store } = this.request;
    const { job } = entry;
    const outcome = outcomeOf(run, end, { store, policy: this.request.policy, stopping: this.#stopping });
    try {
      store.end(run, outcome, end.seconds);
    } catch (error) {
      // The books could not be written (a full disk); what was measured is safe, and state is derived from that.
      if (!(error instanceof Problem)) throw error;
      this.request.tell({ type: 'warning', message: error.message });
    }
    switch (outcome.outcome) {
      case 'done':
        this.#finish(job, end.seconds);
        break;
      case 'failed':
        this.#fail(entry, outcome.failure);
        break;
      case 'stopped':
      case 'interrupted':
        this.#unfinished.push(job.id);
        this.request.tell({ type: 'stopped', job });
    }
    return outcome;
  }

  #finish(job: Job, seconds: number): void {
    this.#done.push(job.id);
    this.request.tell({ type: 'done', job, seconds });
  }

  #fail(entry: Entry, failure: Failure): void {
    const { policy } = this.request;
    const retry = !this.#stopping && entry.tries < policy.attempts && worthRetrying(failure);
    const wait = retry ? backoff(policy, Math.max(1, entry.tries)) : null;
    this.request.tell({ type: 'failed', job: entry.job, failure, willRetryInSeconds: wait });
    if (wait === null) {
      this.#failed.set(entry.job.id, failure);
      if (stopsAllElse(failure.code)) this.#dropWaiting();
      if (!this.request.keepGoing) this.#stop();
      return;
    }
    entry.readyAt = monotonicSeconds() + wait;
    // It needed more than we thought: leave it more room.
    if (failure.kind === 'out-of-memory') entry.want = { ...entry.want, memoryBytes: entry.want.memoryBytes * 2 };
    this.#waiting.pushFront(entry);
  }

  /** The folder or the process could not be made. A full or read-only disk would stop every other job too. */
  #couldNotStart(entry: Entry, error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    if (this.#stopping) {
      this.#unfinished.push(entry.job.id);
      return;
    }
    const failure = notStarted(error, Math.max(1, entry.tries));
    this.#failed.set(entry.job.id, failure);
    this.request.tell({ type: 'failed', job: entry.job, failure, willRetryInSeconds: null });
    if (stopsAllElse(error.code) || error.code === 'NOT_WRITABLE') this.#dropWaiting();
  }

  #waitElsewhere(entry: Entry, lease: Lease): void {
    this.#elsewhere.add(entry);
    this.request.tell({ type: 'elsewhere', job: entry.job, holder: holderOf(lease) });
  }

  /** Asks after the jobs that other processes work on. */
  #lookElsewhere(): void {
    for (const entry of this.#elsewhere.due()) {
      const state = this.request.store.state(entry.job.id);
      if (state === 'running' && !this.#adopt(entry)) continue;
      this.#elsewhere.delete(entry);
      if (state === 'done') this.#finish(entry.job, 0);
      else if (state !== 'running') this.#waiting.push({ ...entry, readyAt: 0 });
    }
  }

  #stop(): void {
    const atOnce = this.request.interruption.level === 'at once';
    if (!this.#stopping || atOnce) this.request.tell({ type: 'stopping', atOnce });
    this.#stopping = true;
    this.#dropWaiting();
    this.request.executor.giveUpStarting?.();
    for (const attempt of this.#running.values()) attempt.stop(atOnce ? 'at once' : 'gracefully');
    this.#nap.wake();
  }

  #dropWaiting(): void {
    for (const { job } of [...this.#waiting.clear(), ...this.#elsewhere.clear()]) this.#unfinished.push(job.id);
  }

  /** Resolves when a job ended, a stop was asked for, or a wait is over. */
  async #something(): Promise<void> {
    const now = monotonicSeconds();
    const ready = this.#waiting.entries.map(({ readyAt }) => readyAt).filter((time) => time > now);
    const next = Math.min(this.#elsewhere.nextAt, ...ready);
    await this.#nap.sleep(next - now);
  }
}
