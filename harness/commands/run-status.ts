/** How the stored runs stand: drawn from leases, events, results and failures, also while another process works on them. */
import type { Cell } from '../experiment/cell.js';
import type { WorkerEvent } from '../result/events.js';
import type { Failure } from '../result/failure.js';
import { readJsonLines } from '../result/json-lines.js';
import { livenessOf, readLeases } from '../result/lease.js';
import { readCell } from '../result/read-cell.js';
import { runFile } from '../result/run-folder.js';
import type { RunState } from '../result/state.js';
import type { RunStore } from '../result/store.js';
import { after, initialProgress, type CellProgress } from '../schedule/progress/cell-progress.js';

export interface RunStatus {
  readonly id: string;
  /** Null where the folder does not say, or says it in another version's words. */
  readonly cell: Cell | null;
  readonly state: RunState;
  /** Of a running cell: who runs it, and how far it is. */
  readonly running: {
    readonly host: string;
    readonly pid: number | null;
    readonly devices: string;
    readonly attempt: number;
    /** Its scheduler is gone; the next run takes it over. */
    readonly orphaned: boolean;
    readonly progress: CellProgress | null;
    /** Seconds to go at the last known pace; null before there is one. */
    readonly secondsLeft: number | null;
  } | null;
  readonly failure: Failure | null;
}

export function statusOf(id: string, store: RunStore): RunStatus {
  const state = store.state(id);
  const folder = store.folder(id);
  // The cell of a finished run is of no interest here, and there may be thousands.
  const cell = state === 'done' ? null : readCell(folder);
  return {
    id,
    cell,
    state,
    running: state === 'running' ? runningOf(folder, cell) : null,
    failure: state === 'failed' ? store.failure(id) : null,
  };
}

function runningOf(folder: string, cell: Cell | null): RunStatus['running'] {
  const lease = readLeases(folder).find((one) => livenessOf(one) !== 'dead');
  if (!lease) return null; // ended since
  const progress = cell ? progressOf(folder, cell, lease.attempt) : null;
  return {
    host: lease.host.name,
    pid: lease.worker?.pid ?? null,
    devices: lease.devices,
    attempt: lease.attempt,
    orphaned: livenessOf(lease) === 'orphaned',
    progress,
    secondsLeft: progress && cell?.kind === 'error' ? stepsLeft(progress) : null,
  };
}

function progressOf(folder: string, cell: Cell, attempt: number): CellProgress {
  // Trusted: written by our own worker.
  const events = readJsonLines(runFile(folder, 'events'), (value) => value as WorkerEvent);
  return events
    .filter((event) => event.attempt === attempt)
    .reduce((progress, event) => after(progress, event, Date.parse(event.at) / 1000), initialProgress(cell));
}

const stepsLeft = ({ done, total, millisecondsPerStep }: CellProgress): number | null =>
  millisecondsPerStep === null ? null : ((total - done) * millisecondsPerStep) / 1000;
