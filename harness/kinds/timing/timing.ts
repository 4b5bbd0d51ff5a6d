/** Times the rows of one comparison group in turns, in one process, on the same devices. */
import { mostMemory } from '../../engine/device-memory.js';
import { median } from 'simple-statistics';
import { joinProfiles, type StepProfile } from '../../engine/step-graph.js';
import { prefetch } from '../../../datasets/batches/prefetch.js';
import type { Tell } from '../../store/events.js';
import { runFile } from '../../store/run-folder.js';
import { CsvLog } from '../csv-log.js';
import type { Batch } from '../training/program.js';
import { busySecondsOf, busyShareOf } from './busy-time.js';
import type { TimingJob } from './job.js';
import type { CardRound, TimedRowResult } from './result.js';
import type { CoreProbe } from '../rows/core-probe.js';
import { profileInTurns } from '../rows/profiled-steps.js';
import { profiledSteps, warmUp, type BatchOfStep, type TimedRow } from '../rows/rows.js';
import { runRounds, type Rounds, type Steps } from './timed-rounds.js';
import { undisturbed } from './undisturbed.js';

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
  /** Load of others since the last call, 0 … 1; null where the system does not tell. */
  readonly otherLoad?: () => number | null;
  /** Of the cores that the devices are; none where it is absent. */
  readonly probe?: CoreProbe | undefined;
  /** How the cards run at a moment; on GPUs alone. */
  readonly cards?: Rounds['cards'];
  /** Given each row's profile, where the engine has one. */
  readonly onProfile?: ((row: string, profile: StepProfile) => Promise<void>) | undefined;
}

export const timingColumns = ['row', 'round', 'step', 'milliseconds', 'otherLoad'] as const;

export interface Timed {
  readonly rows: TimedRowResult[];
  /** Share of the cores' time that others took meanwhile, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
  readonly cardRounds?: CardRound[];
}

const stopped = { stoppedAt: 0 } as const;

/** Warm-up, then all rounds, then some profiled steps. A timing is short, so a stopped one begins anew. */
export async function time(work: TimingWork): Promise<Timed | typeof stopped> {
  const { job, signal } = work;
  // Rows of an earlier attempt are dropped: they were not measured in turns with these.
  const log = new CsvLog(runFile(work.folder, 'timings'), timingColumns, () => false);
  const nextBatch = batchesOf(work);
  const nothing = { milliseconds: [], rounds: [], otherLoads: [], probes: [] };
  const measured = work.rows.map((timed): Steps => ({ timed, ...structuredClone(nothing) }));
  try {
    const warming = { steps: job.warmup, seconds: job.warmupSeconds ?? 0 };
    if (!(await warmUp(work.rows, warming, nextBatch, work))) return stopped;
    const cardRounds = await runRounds(measured, { ...work, nextBatch, log });
    if (cardRounds === undefined) return stopped;
    // After the timed rounds: a profiled step is a slower one.
    const limits = { fewest: profiledSteps, most: profiledSteps, seconds: 0 };
    const profiled = await profileInTurns(work.rows, nextBatch, limits, signal, work.otherLoad, work.probe);
    if (profiled === undefined) return stopped;
    const rows: TimedRowResult[] = [];
    for (const { timed, milliseconds, rounds, otherLoads } of measured) {
      const { row, layout, parameters, compileSeconds } = timed;
      const own = profiled.profiles.get(timed);
      const profile = own && joinProfiles(own);
      if (profile) await work.onProfile?.(row, profile);
      const busySeconds = profile ? busySecondsOf(profile) : null;
      const onCards = await figuresOfCards(timed, milliseconds, profile, nextBatch);
      const memory = mostMemory(profile?.memory ?? []);
      const steps = { milliseconds, rounds, otherLoads };
      rows.push({ row, layout, parameters, ...steps, compileSeconds, busySeconds, memory, ...onCards });
    }
    log.sync();
    return {
      rows,
      otherLoad: undisturbed(rows).otherLoad,
      ...(cardRounds.length === 0 ? {} : { cardRounds }),
    };
  } finally {
    log.close();
  }
}

/** How busy the cards were, and what of a step is the handing over of its batch; nothing on CPUs. */
async function figuresOfCards(
  { feed }: TimedRow,
  milliseconds: readonly number[],
  profile: StepProfile | undefined,
  nextBatch: () => Promise<Batch>,
): Promise<Pick<TimedRowResult, 'busyShare' | 'feedMilliseconds'>> {
  if (profile?.hardware.kind !== 'gpu' || milliseconds.length === 0) return {};
  const busyShare = busyShareOf(profile, median([...milliseconds]));
  return { busyShare, ...(feed === undefined ? {} : { feedMilliseconds: await feed(await nextBatch()) }) };
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
