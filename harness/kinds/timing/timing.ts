/** Times the rows of one comparison group in turns, in one process, on the same devices. */
import { joinProfiles, type StepProfile } from '../../engine/step-graph.js';
import { profiledSteps, type TimingCell } from '../../plan/cell.js';
import { runFile } from '../../store/run-folder.js';
import type { TimingResult } from '../../store/result.js';
import { prefetch } from '../../../datasets/prefetch.js';
import { CsvLog } from '../training/csv-log.js';
import type { Tell } from '../../run/worker/event-log.js';
import { busySecondsOf } from './busy-time.js';
import { watchOtherLoad } from './other-load.js';
import type { Batch } from '../training/program.js';
import { turnsOf } from './turns.js';

/** A row ready to run: compiled, its weights on the devices. */
export interface TimedRow {
  readonly row: string;
  readonly layout: string;
  readonly parameters: number;
  readonly compileSeconds: number;
  /** One training step, feeding included; resolves when the device is done. */
  step(batch: Batch): Promise<unknown>;
  /** Runs a profiled step, where the engine can. */
  readonly profile?: ((batch: Batch) => Promise<StepProfile>) | undefined;
}

export interface TimingJob {
  readonly cell: TimingCell;
  readonly folder: string;
  /** Compiled one after the other by the caller; all stay in memory, for they take turns. */
  readonly rows: readonly TimedRow[];
  /**
   * Decodes and augments the batch of a step. Where the cell has the input pipeline inside the timed span, this runs for
   * every step while the device works on the one before, as in training, and what does not fit in that time is counted.
   */
  readonly batch: (step: number) => Promise<Batch>;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Given each row's profile, where the engine has one. */
  readonly onProfile?: ((row: string, profile: StepProfile) => Promise<void>) | undefined;
}

export const timingColumns = ['row', 'round', 'step', 'milliseconds'] as const;

type MeasuredRow = TimingResult['rows'][number];

export interface Timed {
  readonly rows: MeasuredRow[];
  /** Share of the cores' time that others took meanwhile, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
}

/** Warm-up, then all rounds, then some profiled steps. A timing is short, so a stopped one begins anew. */
export async function time(job: TimingJob): Promise<Timed | { readonly stoppedAt: 0 }> {
  const { cell, tell, signal } = job;
  // Rows of an earlier attempt are dropped: they were not measured in turns with these.
  const log = new CsvLog(runFile(job.folder, 'timings'), timingColumns, () => false);
  const nextBatch = batchesOf(job);
  const measured = job.rows.map((timed) => ({ timed, milliseconds: [] as number[], rounds: [] as number[] }));
  try {
    for (const timed of job.rows) {
      tell({ type: 'phase', phase: 'warming-up', detail: timed.row });
      for (let warm = 0; warm < cell.warmup; warm += 1) {
        if (signal.aborted) return { stoppedAt: 0 };
        await timed.step(await nextBatch());
      }
    }

    tell({ type: 'phase', phase: 'timing' });
    const otherLoadNow = watchOtherLoad();
    for (let round = 0; round < cell.rounds; round += 1) {
      for (const row of turnsOf(measured, round)) {
        const turn: number[] = [];
        for (let step = 0; step < cell.stepsPerRound; step += 1) {
          if (signal.aborted) return { stoppedAt: 0 };
          const start = performance.now();
          await row.timed.step(await nextBatch());
          const milliseconds = performance.now() - start;
          turn.push(milliseconds);
          row.rounds.push(round);
          log.append(row.timed.row, round, row.milliseconds.length + turn.length, milliseconds);
        }
        row.milliseconds.push(...turn);
        log.flush();
        tell({ type: 'timed', row: row.timed.row, round, rounds: cell.rounds, milliseconds: turn });
      }
    }

    // After the timed rounds: a profiled step is a slower one.
    const rows: MeasuredRow[] = [];
    const profiles = new Map<TimedRow, StepProfile[]>();
    const { fewest, most, seconds } = profiledSteps(cell);
    const start = performance.now();
    const isTimeLeft = () => performance.now() - start < 1000 * seconds;
    for (let round = 0; round < fewest || (round < most && isTimeLeft()); round += 1)
      for (const timed of turnsOf(job.rows, round)) {
        if (signal.aborted) return { stoppedAt: 0 };
        const profile = await timed.profile?.(await nextBatch());
        if (profile) profiles.set(timed, [...(profiles.get(timed) ?? []), profile]);
      }
    const otherLoad = otherLoadNow();
    for (const { timed, milliseconds, rounds } of measured) {
      const { row, layout, parameters, compileSeconds } = timed;
      const steps = profiles.get(timed);
      const profile = steps && joinProfiles(steps);
      if (profile) await job.onProfile?.(row, profile);
      const busySeconds = profile ? busySecondsOf(profile) : null;
      rows.push({ row, layout, parameters, milliseconds, rounds, compileSeconds, busySeconds });
    }
    log.sync();
    return { rows, otherLoad };
  } finally {
    log.close();
  }
}

/** A new batch at each call, prepared while the step before runs; or one batch for all steps. */
function batchesOf({ cell, batch }: TimingJob): () => Promise<Batch> {
  if (!cell.inputPipeline) {
    const only = batch(0);
    return () => only;
  }
  const ahead = prefetch(batch);
  let step = 0;
  return () => ahead(step++);
}
