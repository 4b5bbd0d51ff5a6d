/** How the stored runs stand: drawn from leases, events, results and failures, also while another process works on them. */
import type { Job } from '../kinds/index.js';
import type { WorkerEvent } from '../store/events.js';
import type { Failure } from '../store/failure.js';
import { readJsonLines } from '../core/files/json-lines.js';
import type { QueueJob } from '../store/lease.js';
import { runFile } from '../store/run-folder.js';
import type { RunState } from '../store/state.js';
import type { RunStore } from '../store/store.js';
import type { Cluster } from './slurm/cluster.js';
import { obstacleOf } from './slurm/queue/verdict.js';
import { after, initialProgress, type JobProgress } from './progress/job-progress.js';

export interface RunStatus {
  readonly id: string;
  /** Null where the folder does not say, or says it in another version's words. */
  readonly job: Job | null;
  readonly state: RunState;
  /** Of a running job: who runs it, and how far it is. */
  readonly running: Running | null;
  readonly failure: Failure | null;
}

export interface Running {
  readonly host: string;
  readonly pid: number | null;
  /** Of a worker in a cluster's queue. */
  readonly job: JobStatus | null;
  readonly devices: string;
  readonly attempt: number;
  /** Its scheduler is gone; the next run takes it over. */
  readonly orphaned: boolean;
  readonly progress: JobProgress | null;
  /** Seconds to go at the last known pace; null before there is one. */
  readonly secondsLeft: number | null;
}

export interface JobStatus {
  readonly name: string;
  /** Null where the queue does not answer, or does not know the job. */
  readonly id: string | null;
  /** Slurm's word. */
  readonly state: string;
  readonly reason: string;
  readonly node: string;
  /** What keeps it from starting by itself, and the way out. */
  readonly obstacle: string | null;
}

export function statusOf(id: string, store: RunStore, cluster: Cluster | null = null): RunStatus {
  const state = store.state(id);
  // The job of a finished run is of no interest here, and there may be thousands.
  const job = state === 'done' ? null : store.job(id);
  return {
    id,
    job,
    state,
    running: state === 'running' ? runningOf(id, store, job, cluster) : null,
    failure: state === 'failed' ? store.failure(id) : null,
  };
}

function runningOf(id: string, store: RunStore, job: Job | null, cluster: Cluster | null): Running | null {
  const live = store.leases(id).find(({ liveness }) => liveness !== 'dead');
  if (!live) return null; // ended since
  const { lease, liveness } = live;
  const progress = job ? progressOf(store.folder(id), job, lease.attempt) : null;
  return {
    host: lease.host.name,
    pid: lease.worker?.pid ?? null,
    job: lease.job && jobStatusOf(lease.job, cluster),
    devices: lease.devices,
    attempt: lease.attempt,
    orphaned: liveness === 'orphaned',
    progress,
    secondsLeft: progress && stepsLeft(progress),
  };
}

function jobStatusOf(job: QueueJob, cluster: Cluster | null): JobStatus {
  const sighting = cluster?.table.find(job) ?? 'unknown';
  if (typeof sighting === 'string')
    return { name: job.name, id: null, state: sighting, reason: '', node: '', obstacle: null };
  const { id, state, reason, node } = sighting.job;
  return { name: job.name, id, state, reason, node, obstacle: obstacleOf(sighting.job) };
}

function progressOf(folder: string, job: Job, attempt: number): JobProgress {
  // Trusted: written by our own worker.
  const events = readJsonLines(runFile(folder, 'events'), (value) => value as WorkerEvent);
  return events
    .filter((event) => event.attempt === attempt)
    .reduce((progress, event) => after(progress, event, Date.parse(event.at) / 1000), initialProgress(job));
}

/** A turn is several steps, so that their pace says nothing of it. */
const stepsLeft = ({ done, total, unit, millisecondsPerStep }: JobProgress): number | null =>
  millisecondsPerStep === null || unit !== 'step' ? null : ((total - done) * millisecondsPerStep) / 1000;
