/** What is going on, as a function of the scheduler's events and the workers'. */
import type { Cell } from '../../kinds/index.js';
import type { WorkerEvent } from '../../store/events.js';
import { JsonLinesTail } from '../../core/files/json-lines.js';
import { runFile } from '../../store/run-folder.js';
import { makespan, type SecondsOf } from '../estimate/estimate.js';
import type { ScheduleEvent } from '../schedule/schedule-event.js';
import { after, initialProgress, secondsLeft, type CellProgress } from './cell-progress.js';

export interface RunningCell {
  readonly cell: Cell;
  readonly attempt: number;
  readonly devices: string;
  /** Seconds since it was started here. */
  readonly seconds: number;
  readonly progress: CellProgress;
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
  readonly running: readonly RunningCell[];
  readonly seconds: number;
  readonly secondsLeft: number | null;
  readonly stopping: 'gracefully' | 'at once' | null;
}

interface Watched {
  readonly cell: Cell;
  readonly attempt: number;
  readonly devices: string;
  readonly since: number;
  readonly tail: JsonLinesTail<WorkerEvent>;
  progress: CellProgress;
}

export class ProgressModel {
  readonly #running = new Map<string, Watched>();
  readonly #waiting: Map<string, Cell>;
  readonly #elsewhere = new Set<string>();
  readonly #began: number;
  /** Of finished jobs by kind of work: seconds taken over those estimated. */
  readonly #ratios = new Map<string, number[]>();
  readonly #queued = new Set<string>();
  #done = 0;
  #failed = 0;
  #stopping: ProgressView['stopping'] = null;

  constructor(
    private readonly cells: readonly Cell[],
    private readonly secondsOf: SecondsOf,
    private readonly sideBySide: number,
    /** Seconds, monotonic. */
    private readonly clock: () => number,
  ) {
    this.#waiting = new Map(cells.map((cell) => [cell.id, cell]));
    this.#began = clock();
  }

  tell(event: ScheduleEvent): void {
    switch (event.type) {
      case 'reused':
        this.#leave(event.cell);
        this.#done++;
        return;
      case 'done':
        this.#learn(event.cell, event.seconds);
        this.#leave(event.cell);
        this.#done++;
        return;
      case 'started':
      case 'adopted':
        this.#leave(event.cell);
        this.#running.set(event.cell.id, {
          cell: event.cell,
          attempt: event.attempt,
          devices: event.devices,
          since: this.clock(),
          // Trusted: written by our own worker.
          tail: new JsonLinesTail(runFile(event.folder, 'events'), (value) => value as WorkerEvent),
          progress: initialProgress(event.cell),
        });
        return;
      case 'elsewhere':
        this.#leave(event.cell);
        this.#elsewhere.add(event.cell.id);
        return;
      case 'failed':
        this.#leave(event.cell);
        if (event.willRetryInSeconds === null) this.#failed++;
        else this.#waiting.set(event.cell.id, event.cell);
        return;
      case 'stopped':
        this.#leave(event.cell);
        return;
      case 'stopping':
        this.#stopping = event.atOnce ? 'at once' : 'gracefully';
        return;
      case 'queued':
        this.#queued.add(event.cell.id);
        return;
      case 'warning':
      case 'occupied':
        return;
    }
  }

  /** Reads what the workers told since the last call; each event with its cell. */
  read(): { readonly cell: Cell; readonly event: WorkerEvent }[] {
    const news: { cell: Cell; event: WorkerEvent }[] = [];
    const now = this.clock();
    for (const watched of this.#running.values())
      for (const event of watched.tail.read()) {
        if (event.attempt !== watched.attempt) continue;
        watched.progress = after(watched.progress, event, now);
        news.push({ cell: watched.cell, event });
      }
    return news;
  }

  /** The last known progress of a cell; undefined when it is not running. */
  progressOf(id: string): CellProgress | undefined {
    return this.#running.get(id)?.progress;
  }

  view(): ProgressView {
    const now = this.clock();
    const running = [...this.#running.values()].map(({ cell, attempt, devices, since, progress }): RunningCell => ({
      cell,
      attempt,
      devices,
      seconds: now - since,
      progress,
      secondsLeft: secondsLeft(progress, now),
    }));
    return {
      total: this.cells.length,
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
  #learn(cell: Cell, seconds: number): void {
    const watched = this.#running.get(cell.id);
    if (watched?.progress.resumedAt !== 0) return;
    this.#ratios.set(cell.kind, [...(this.#ratios.get(cell.kind) ?? []), seconds / this.secondsOf(cell)]);
  }

  /** The estimate, scaled by the median of what jobs of its kind took so far. */
  #estimate(cell: Cell): number {
    const ratios = (this.#ratios.get(cell.kind) ?? []).toSorted((a, b) => a - b);
    return this.secondsOf(cell) * (ratios[Math.floor(ratios.length / 2)] ?? 1);
  }

  #secondsLeft(running: readonly RunningCell[]): number {
    const left = new Map(
      running.map(({ cell, seconds, secondsLeft: known }) => [
        cell.id,
        known ?? Math.max(1, this.#estimate(cell) - seconds),
      ]),
    );
    const cells = [...running.map(({ cell }) => cell), ...this.#waiting.values()];
    return makespan(cells, (cell) => left.get(cell.id) ?? this.#estimate(cell), this.sideBySide);
  }

  #leave(cell: Cell): void {
    this.#running.delete(cell.id);
    this.#waiting.delete(cell.id);
    this.#queued.delete(cell.id);
    this.#elsewhere.delete(cell.id);
  }
}
