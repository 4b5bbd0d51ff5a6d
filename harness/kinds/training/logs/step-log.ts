/** What is told of every training step: a row of `steps.csv`, an event a few times a second, TensorBoard's curves. */
import { runFile } from '../../../store/run-folder.js';
import type { Tell } from '../../../store/events.js';
import { CsvLog } from '../../csv-log.js';
import type { Summary } from './tensorboard.js';

export const stepColumns = ['step', 'epoch', 'learningRate', 'loss', 'milliseconds', 'idleMilliseconds'] as const;

/** Milliseconds between two `step` events: a few a second are enough to watch. */
const eventInterval = 400;

export interface Step {
  /** Counted from 1. */
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  readonly loss: number;
}

export class StepLog {
  readonly #csv: CsvLog;
  /** When the device became idle: the end of the step before, or of what came between. */
  #idleSince = performance.now();
  #launched = Number.NaN;
  #lastEvent = Number.NEGATIVE_INFINITY;

  /** Goes on after `resumedAt` steps: rows behind them are dropped, for those steps are trained again. */
  constructor(
    folder: string,
    resumedAt: number,
    private readonly steps: number,
    private readonly tell: Tell,
    private readonly summary: Summary | undefined,
  ) {
    this.#csv = new CsvLog(runFile(folder, 'steps'), stepColumns, firstOf(resumedAt));
  }

  /** Evaluation or a checkpoint came between: that time is no step's. */
  paused(): void {
    this.#idleSince = performance.now();
  }

  /** The next step is about to go to the device. */
  launching(): void {
    this.#launched = performance.now();
  }

  /** The launched step is done. `milliseconds` runs from the end of the one before, `idleMilliseconds` to the launch. */
  record({ step, epoch, learningRate, loss }: Step): void {
    const end = performance.now();
    const milliseconds = end - this.#idleSince;
    const idle = this.#launched - this.#idleSince;
    this.#idleSince = end;
    this.#csv.append(
      step,
      digits(epoch, 6),
      digits(learningRate, 9),
      digits(loss, 9),
      digits(milliseconds, 6),
      digits(idle, 6),
    );
    this.summary?.scalars(step, { 'train/loss': loss, 'train/learningRate': learningRate });
    if (end - this.#lastEvent < eventInterval && step < this.steps) return;
    this.#lastEvent = end;
    this.#csv.flush();
    this.tell({ type: 'step', step, steps: this.steps, loss, learningRate, millisecondsPerStep: milliseconds });
  }

  /** Waits until all rows are on the disk. */
  sync(): void {
    this.#csv.sync();
  }

  close(): void {
    this.#csv.close();
  }
}

/** Accepts the rows of steps 1 … `step`, each once. */
function firstOf(step: number): (field: string) => boolean {
  let last = 0;
  return (field) => {
    const row = Number(field);
    if (!(row > last && row <= step)) return false;
    last = row;
    return true;
  };
}

/** Nine significant digits keep a float32 exactly. */
const digits = (value: number, count: number): number => Number(value.toPrecision(count));
