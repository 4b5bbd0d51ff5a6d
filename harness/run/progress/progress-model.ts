/** What is going on, as a function of the scheduler's events and the workers'. */
import type { Job } from '../../kinds/index.js';
import type { WorkerEvent } from '../../store/events.js';
import { JsonLinesTail } from '../../core/files/json-lines.js';
import { runFile } from '../../store/run-folder.js';
import { makespan, type SecondsOf } from '../estimate/estimate.js';
import type { ScheduleEvent } from '../schedule/schedule-event.js';
import { after, initialProgress, secondsLeft, type JobProgress } from './job-progress.js';

export interface RunningJob {
  readonly job: Job;
  readonly attempt: number;
  readonly devices: string;
  /** Seconds since it was started here. */
  readonly seconds: number;
  readonly progress: JobProgress;
  readonly secondsLeft: number | null;
}

export interface ProgressView {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly waiting: number;
  /** Of the waiting: in a cluster's queue. */
  readonly queued: number;
  /** Jobs that other processes work on. */
  readonly elsewhere: number;
  readonly running: readonly RunningJob[];
  readonly seconds: number;
  readonly secondsLeft: number | null;
  readonly stopping: 'gracefully' | 'at once' | null;
}

interface Watched {
  readonly job: Job;
  readonly attempt: number;
  readonly devices: string;
  readonly since: number;
  readonly tail: JsonLinesTail<WorkerEvent>;
  progress: JobProgress;
}

export class ProgressModel {
  readonly #running = new Map<string, Watched>();
  readonly #waiting: Map<string, Job>;
  readonly #elsewhere = new Set<string>();
  readonly #began: number;
  /** Of finished jobs by kind of work: seconds taken over those estimated. */
  readonly #ratios = new Map<string, number[]>();
  readonly #queued = new Set<string>();
  #done = 0;
  #failed = 0;
  #stopping: ProgressView['stopping'] = null;

  constructor(
    private readonly jobs: readonly Job[],
    private readonly secondsOf: SecondsOf,
    private readonly sideBySide: number,
    /** Seconds, monotonic. */
    private readonly clock: () => number,
  ) {
    this.#waiting = new Map(jobs.map((job) => [job.id, job]));
    this.#began = clock();
  }

  tell(event: ScheduleEvent): void {
    switch (event.type) {
      case 'reused':
        this.#leave(event.job);
        this.#done++;
        return;
      case 'done':
        this.#learn(event.job, event.seconds);
        this.#leave(event.job);
        this.#done++;
        return;
      case 'started':
      case 'adopted':
        this.#leave(event.job);
        this.#running.set(event.job.id, {
          job: event.job,
          attempt: event.attempt,
          devices: event.devices,
          since: this.clock(),
          // Trusted: written by our own worker.
          tail: new JsonLinesTail(runFile(event.folder, 'events'), (value) => value as WorkerEvent),
          progress: initialProgress(event.job),
        });
        return;
      case 'elsewhere':
        this.#leave(event.job);
        this.#elsewhere.add(event.job.id);
        return;
      case 'failed':
        this.#leave(event.job);
        if (event.willRetryInSeconds === null) this.#failed++;
        else this.#waiting.set(event.job.id, event.job);
        return;
      case 'stopped':
        this.#leave(event.job);
        return;
      case 'stopping':
        this.#stopping = event.atOnce ? 'at once' : 'gracefully';
        return;
      case 'queued':
        this.#queued.add(event.job.id);
        return;
      case 'warning':
      case 'occupied':
        return;
    }
  }

  /** Reads what the workers told since the last call; each event with its job. */
  read(): { readonly job: Job; readonly event: WorkerEvent }[] {
    const news: { job: Job; event: WorkerEvent }[] = [];
    const now = this.clock();
    for (const watched of this.#running.values())
      for (const event of watched.tail.read()) {
        if (event.attempt !== watched.attempt) continue;
        watched.progress = after(watched.progress, event, now);
        news.push({ job: watched.job, event });
      }
    return news;
  }

  /** The last known progress of a job; undefined when it is not running. */
  progressOf(id: string): JobProgress | undefined {
    return this.#running.get(id)?.progress;
  }

  view(): ProgressView {
    const now = this.clock();
    const running = [...this.#running.values()].map(({ job, attempt, devices, since, progress }): RunningJob => ({
      job,
      attempt,
      devices,
      seconds: now - since,
      progress,
      secondsLeft: secondsLeft(progress, now),
    }));
    return {
      total: this.jobs.length,
      done: this.#done,
      failed: this.#failed,
      waiting: this.#waiting.size,
      queued: this.#queued.size,
      elsewhere: this.#elsewhere.size,
      running,
      seconds: now - this.#began,
      secondsLeft: this.#secondsLeft(running),
      stopping: this.#stopping,
    };
  }

  /** Jobs that ran here from begin to end say how far off the estimates are. */
  #learn(job: Job, seconds: number): void {
    const watched = this.#running.get(job.id);
    if (watched?.progress.resumedAt !== 0) return;
    this.#ratios.set(job.kind, [...(this.#ratios.get(job.kind) ?? []), seconds / this.secondsOf(job)]);
  }

  /** The estimate, scaled by the median of what jobs of its kind took so far. */
  #estimate(job: Job): number {
    const ratios = (this.#ratios.get(job.kind) ?? []).toSorted((a, b) => a - b);
    return this.secondsOf(job) * (ratios[Math.floor(ratios.length / 2)] ?? 1);
  }

  #secondsLeft(running: readonly RunningJob[]): number {
    const left = new Map(
      running.map(({ job, seconds, secondsLeft: known }) => [
        job.id,
        known ?? Math.max(1, this.#estimate(job) - seconds),
      ]),
    );
    const jobs = [...running.map(({ job }) => job), ...this.#waiting.values()];
    return makespan(jobs, (job) => left.get(job.id) ?? this.#estimate(job), this.sideBySide);
  }

  #leave(job: Job): void {
    this.#running.delete(job.id);
    this.#waiting.delete(job.id);
    this.#queued.delete(job.id);
    this.#elsewhere.delete(job.id);
  }
}
