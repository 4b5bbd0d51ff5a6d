/** Runs jobs under the progress display, and sums up how that went. */
import { exitCodes } from '../core/exit-codes.js';
import { kindOf, type Job } from '../kinds/index.js';
import type { Execution } from '../store/execution.js';
import type { Failure } from '../store/failure.js';
import { busyCards, describeBusyCard } from './devices/busy-cards.js';
import { Interruption, interruptOnSignals } from './schedule/interruption.js';
import { place } from './devices/placement.js';
import type { MeasuredStep } from './estimate/estimate.js';
import { startProgress, type Progress } from './progress/progress.js';
import type { ScheduleOutcome } from './schedule/schedule-request.js';
import { runSchedule } from './schedule/scheduler.js';
import { beyondWheels, beyondWheelsHint, describeBeyondWheels } from '../setup/visible-cards.js';
import { lockSlots, type SlotLocks } from './devices/slot-locks.js';
import { decide } from './decide.js';
import { estimatesFor } from './estimate/experience.js';
import { needsOf, warnOfNeeds } from './estimate/needs.js';
import type { RunOptions } from './run-options.js';
import { roomOf, sideBySide, type Runnable } from './site.js';
import type { Surroundings } from './surroundings.js';

export interface JobsRun {
  readonly outcome: ScheduleOutcome;
  readonly exitCode: number;
  /** For `--json`. */
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface Wishes {
  /** Jobs to run though they are done. */
  readonly anew?: ReadonlySet<string>;
  /** What estimates rest on before any training is done. */
  readonly steps?: readonly MeasuredStep[];
  /** When to stop as Ctrl-C would, by `performance.now()`; that is no interruption. */
  readonly until?: number | undefined;
  /** Runs after each result, while the job's devices are still free of others; gives sentences for people. */
  readonly onResult?: () => Promise<readonly string[]>;
}

/** Runs jobs that are not done, and shows how that goes. */
export async function runJobs(
  runnable: Runnable,
  args: RunOptions,
  surroundings: Surroundings,
  wishes: Wishes = {},
): Promise<JobsRun> {
  const interruption = new Interruption();
  const stopListening = interruptOnSignals(interruption);
  let isTimeUp = false;
  const timer = atTime(wishes.until, () => {
    if (interruption.level !== 'none') return;
    isTimeUp = true;
    interruption.request();
  });
  try {
    const outcome = await scheduled(runnable, args, surroundings, interruption, wishes);
    const interrupted = interruption.level !== 'none' && !isTimeUp;
    const exitCode = interrupted ? exitCodes.interrupted : outcome.failed.size > 0 ? exitCodes.failed : exitCodes.done;
    return { outcome, exitCode, summary: summaryOf(outcome, exitCode) };
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

/** Longer than any timer of Node's: 24 days. */
const longestTimer = 2 ** 31 - 1;

function atTime(until: number | undefined, action: () => void): NodeJS.Timeout | undefined {
  if (until === undefined) return undefined;
  return setTimeout(action, Math.min(longestTimer, Math.max(0, until - performance.now())));
}

async function scheduled(
  runnable: Runnable,
  args: RunOptions,
  surroundings: Surroundings,
  interruption: Interruption,
  { anew = new Set(), steps = [], onResult }: Wishes,
): Promise<ScheduleOutcome> {
  const { jobs, store, executor, selected, policy, sizeOf } = runnable;
  const { messages, environment } = surroundings;
  const secondsOf = estimatesFor(jobs, store, selected, sizeOf, steps);
  if (!args.quiet) {
    const decisions = jobs.map((job) =>
      anew.has(job.id) ? ({ job, action: 'run', why: 'asked for' } as const) : decide(job, store),
    );
    warnOfNeeds(needsOf(runnable, decisions, secondsOf, args.jobs), decisions, messages);
  }
  const progress = startProgress({
    jobs,
    secondsOf,
    sideBySide: sideBySide(runnable, args.jobs),
    messages,
    quiet: args.quiet,
    environment,
    ...(executor.name === 'slurm' ? { readSeconds: 5 } : {}),
  });
  let locks: SlotLocks | null = null;
  try {
    if (executor.name === 'local') locks = await lockDevices(runnable, interruption, progress, anew);
    if (locks) await warnOfCards(runnable, environment, progress);
    return await runSchedule({
      jobs,
      store,
      executor,
      allocator: roomOf(runnable, args.jobs),
      policy,
      secondsOf,
      placement: (job) => place(job, selected, sizeOf),
      execution: executionOf(runnable, args),
      interruption,
      keepGoing: args.keepGoing,
      anew,
      tell: (event) => {
        progress.tell(event);
      },
      onResult: async () => {
        for (const message of (await onResult?.()) ?? []) progress.tell({ type: 'found', message });
      },
    });
  } finally {
    progress.close();
    await locks?.release();
  }
}

/** What is wrong with the cards that are used, and which are not. */
async function warnOfCards(
  { hardware, selected }: Runnable,
  environment: Surroundings['environment'],
  progress: Progress,
): Promise<void> {
  const uuids = selected.slots.flatMap(({ gpu }) => gpu ?? []);
  if (uuids.length === 0) return;
  const indexOf = (uuid: string) => hardware.gpus.findIndex((card) => card.uuid === uuid);
  const foreign = hardware.gpus.filter((card) => uuids.includes(card.uuid) && beyondWheels(card));
  const messages = [
    ...(hardware.leftOut ?? []),
    ...(await busyCards(uuids)).map((busy) => describeBusyCard(busy, indexOf(busy.uuid))),
    // An own build may have what the wheels lack.
    ...(environment['WARPNET_TENSORFLOW'] ? [] : foreign).map(
      (card) => `${describeBeyondWheels(card)}. ${beyondWheelsHint}`,
    ),
  ];
  for (const message of messages) progress.tell({ type: 'warning', message });
}

/** Waits until no other run of this machine uses the devices. Finished jobs need none. */
async function lockDevices(
  { jobs, store, selected }: Runnable,
  interruption: Interruption,
  progress: Progress,
  anew: ReadonlySet<string>,
): Promise<SlotLocks | null> {
  if (jobs.every(({ id }) => !anew.has(id) && store.isDone(id))) return null;
  const abort = new AbortController();
  const stopListening = interruption.onRequest(() => {
    abort.abort();
  });
  try {
    return await lockSlots({
      names: selected.slots.map(({ name }) => name),
      self: `process ${process.pid} (${['reproduce', ...process.argv.slice(2)].join(' ')})`,
      onWait: (slot, by) => {
        progress.tell({ type: 'occupied', slots: [slot], by });
      },
      signal: abort.signal,
    });
  } finally {
    stopListening();
  }
}

/** Seconds between checkpoints; an evaluation writes one as well. */
const checkpointSeconds = 60;

export const executionOf =
  ({ folders }: Pick<Runnable, 'folders'>, args: RunOptions) =>
  (job: Job, devices: string, attempt: number): Execution => ({
    devices,
    engine: kindOf(job).bound(job)?.engine ?? args.engine,
    attempt,
    dataCache: folders.dataCache,
    checkpointSeconds,
    deterministic: args.deterministic,
    tf32: args.tf32,
    trace: args.trace,
    tensorboard: args.tensorboard,
  });

const summaryOf = ({ done, failed, unfinished }: ScheduleOutcome, exitCode: number): JobsRun['summary'] => ({
  exitCode,
  done,
  failed: [...failed].map(([id, failure]) => ({ id, ...failure })),
  unfinished,
});

/** What is left to say when the reports are written. */
export function tellTheRest({ outcome, exitCode }: JobsRun, { messages }: Surroundings): void {
  const { failed, unfinished } = outcome;
  if (failed.size > 0) messages.write(`${failedSentence(failed)}\n`);
  if (exitCode !== exitCodes.interrupted && unfinished.length > 0)
    messages.write(
      `The time is over with ${count(unfinished.length)} unfinished. The same command, with more time, goes on from there.\n`,
    );
  if (exitCode === exitCodes.interrupted)
    messages.write(
      `Stopped with ${count(unfinished.length)} unfinished. The same command goes on where this one stopped.\n`,
    );
}

const failedSentence = (failed: ReadonlyMap<string, Failure>): string =>
  `${count(failed.size)} failed: \`npm run reproduce -- status\` says why, \`npm run reproduce -- retry\` runs ${failed.size === 1 ? 'it' : 'them'} again.`;

const count = (jobs: number): string => `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
