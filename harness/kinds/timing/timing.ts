/** Times the rows of one comparison group in turns, in one process, on the same devices. */
import { mostMemory } from '../../engine/device-memory.js';
import { joinProfiles, type StepProfile } from '../../engine/step-graph.js';
import { prefetch } from '../../../datasets/batches/prefetch.js';
import type { Tell } from '../../store/events.js';
import { runFile } from '../../store/run-folder.js';
import { CsvLog } from '../csv-log.js';
import type { Batch } from '../training/program.js';
import { busySecondsOf } from './busy-time.js';
import type { TimingJob } from './job.js';
import { otherLoadMeter } from './other-load.js';
import { meanLoad, type TimedRowResult } from './result.js';
import { profiledSteps, profileInTurns, warmUp, type BatchOfStep, type TimedRow } from './rows.js';
import { turnsOf } from './turns.js';

export interface TimingWork {
  readonly job: TimingJob;
  readonly folder: string;
  readonly rows: readonly TimedRow[];
  /**
   * Where the job has the input pipeline inside the timed span, this runs for every step while the device works on the one
   * before, as in training, and what does not fit in that time is counted.
   */
  readonly batch: BatchOfStep;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Given each row's profile, where the engine has one. */
  readonly onProfile?: ((row: string, profile: StepProfile) => Promise<void>) | undefined;
}

export const timingColumns = ['row', 'round', 'step', 'milliseconds', 'otherLoad'] as const;

export interface Timed {
  readonly rows: TimedRowResult[];
  /** Share of the cores' time that others took meanwhile, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
}

const stopped = { stoppedAt: 0 } as const;

/** Steps of a row so far, each with its round and the load beside it. */
interface Steps {
  readonly timed: TimedRow;
  readonly milliseconds: number[];
  readonly rounds: number[];
  readonly otherLoads: (number | null)[];
}

/** Warm-up, then all rounds, then some profiled steps. A timing is short, so a stopped one begins anew. */
export async function time(work: TimingWork): Promise<Timed | typeof stopped> {
  const { job, signal } = work;
  // Rows of an earlier attempt are dropped: they were not measured in turns with these.
  const log = new CsvLog(runFile(work.folder, 'timings'), timingColumns, () => false);
  const nextBatch = batchesOf(work);
  const measured = work.rows.map((timed): Steps => ({ timed, milliseconds: [], rounds: [], otherLoads: [] }));
  try {
    if (!(await warmUp(work.rows, job.warmup, nextBatch, work))) return stopped;
    if (!(await runRounds(work, measured, nextBatch, log))) return stopped;
    // After the timed rounds: a profiled step is a slower one.
    const limits = { fewest: profiledSteps, most: profiledSteps, seconds: 0 };
    const profiles = await profileInTurns(work.rows, nextBatch, limits, signal);
    if (profiles === undefined) return stopped;
    const rows: TimedRowResult[] = [];
    for (const { timed, ...steps } of measured) {
      const { row, layout, parameters, compileSeconds } = timed;
      const own = profiles.get(timed);
      const profile = own && joinProfiles(own);
      if (profile) await work.onProfile?.(row, profile);
      const busySeconds = profile ? busySecondsOf(profile) : null;
      const memory = mostMemory(profile?.memory ?? []);
      rows.push({ row, layout, parameters, ...steps, compileSeconds, busySeconds, memory });
    }
    log.sync();
    return { rows, otherLoad: meanLoad(rows) };
  } finally {
    log.close();
  }
}

/** The timed steps. False where it was stopped. */
async function runRounds(
  { job, tell, signal }: TimingWork,
  measured: readonly Steps[],
  nextBatch: () => Promise<Batch>,
  log: CsvLog,
): Promise<boolean> {
  tell({ type: 'phase', phase: 'timing' });
  const otherLoad = otherLoadMeter();
  for (let round = 0; round < job.rounds; round += 1)
    for (const row of turnsOf(measured, round)) {
      const turn: number[] = [];
      for (let step = 0; step < job.stepsPerRound; step += 1) {
        if (signal.aborted) return false;
        const start = performance.now();
        await row.timed.step(await nextBatch());
        const milliseconds = performance.now() - start;
        const load = otherLoad();
        turn.push(milliseconds);
        row.rounds.push(round);
        row.otherLoads.push(load);
        log.append(row.timed.row, round, row.milliseconds.length + turn.length, milliseconds, load ?? '');
      }
      row.milliseconds.push(...turn);
      log.flush();
      tell({ type: 'timed', row: row.timed.row, round, rounds: job.rounds, milliseconds: turn });
    }
  return true;
}

/** A new batch at each call, prepared while the step before runs; or one batch for all steps. */
function batchesOf({ job, batch }: TimingWork): () => Promise<Batch> {
  if (!job.inputPipeline) return oneBatch(batch);
  const ahead = prefetch(batch);
  let step = 0;
  return () => ahead(step++);
}

/** The first batch for every step. */
export function oneBatch(batch: BatchOfStep): () => Promise<Batch> {
  const only = batch(0);
  return () => only;
}
