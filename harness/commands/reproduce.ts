/** `reproduce table2 …`: runs what is not there yet, then writes the reports. */
import type { Cell } from '../experiment/cell.js';
import type { Execution } from '../result/execution.js';
import type { Failure } from '../result/failure.js';
import { Allocator } from '../schedule/allocator.js';
import { Interruption, interruptOnSignals } from '../schedule/interruption.js';
import { place } from '../schedule/placement.js';
import { defaultPolicies } from '../schedule/policy.js';
import { startProgress } from '../schedule/progress/progress.js';
import { runSchedule, type ScheduleOutcome } from '../schedule/scheduler.js';
import { estimatesFor, sideBySide } from './experience.js';
import { exitCodes } from './exit-codes.js';
import type { RunArguments } from './options.js';
import { prepare, type Prepared } from './prepare.js';
import { report, type Reported } from './report.js';
import type { Surroundings } from './surroundings.js';

/** Runs the command and resolves to the exit code. */
export async function reproduce(args: RunArguments, surroundings: Surroundings): Promise<number> {
  return runPrepared(await prepare(args, surroundings), args, surroundings);
}

/** Runs a plan and reports on it, whatever came of it. `anew`: cells to run though they are done. */
export async function runPrepared(
  prepared: Prepared,
  args: RunArguments,
  surroundings: Surroundings,
  anew?: ReadonlySet<string>,
): Promise<number> {
  const interruption = new Interruption();
  const stopListening = interruptOnSignals(interruption);
  try {
    const outcome = await runCells(prepared, args, surroundings, interruption, anew);
    const reported = await report(prepared, args, surroundings, outcome.failed);
    const exitCode =
      interruption.level !== 'none'
        ? exitCodes.interrupted
        : outcome.failed.size > 0
          ? exitCodes.failed
          : exitCodes.done;
    if (args.json) surroundings.output.write(`${JSON.stringify(summaryOf(outcome, reported, exitCode), null, 2)}\n`);
    else tellTheRest(outcome, surroundings, interruption);
    return exitCode;
  } finally {
    stopListening();
  }
}

async function runCells(
  prepared: Prepared,
  args: RunArguments,
  surroundings: Surroundings,
  interruption: Interruption,
  anew: ReadonlySet<string> | undefined,
): Promise<ScheduleOutcome> {
  const { cells, store, executor, selected, hardware, plan } = prepared;
  const { messages, environment } = surroundings;
  const progress = startProgress({
    cells,
    secondsOf: estimatesFor(cells, store, selected),
    sideBySide: sideBySide(selected, args.jobs),
    messages,
    quiet: args.quiet,
    environment,
  });
  try {
    return await runSchedule({
      cells,
      store,
      executor,
      allocator: new Allocator(selected.slots, hardware.memoryBytes, args.jobs),
      policy: defaultPolicies[plan.profile],
      placement: (cell) => place(cell, selected),
      execution: executionOf(prepared, args),
      interruption,
      keepGoing: args.keepGoing,
      ...(anew ? { anew } : {}),
      tell: (event) => {
        progress.tell(event);
      },
    });
  } finally {
    progress.close();
  }
}

/** Seconds between checkpoints; an evaluation writes one as well. */
const checkpointSeconds = 60;

const executionOf =
  ({ folders }: Prepared, args: RunArguments) =>
  (cell: Cell, devices: string, attempt: number): Execution => ({
    devices,
    engine: cell.kind === 'timing' ? cell.engine : args.engine,
    attempt,
    dataCache: folders.dataCache,
    checkpointSeconds,
    deterministic: args.deterministic,
    tf32: args.tf32,
    trace: args.trace,
    tensorboard: args.tensorboard,
  });

function summaryOf(outcome: ScheduleOutcome, reported: Reported, exitCode: number): unknown {
  return {
    exitCode,
    done: outcome.done,
    failed: [...outcome.failed].map(([id, failure]) => ({ id, ...failure })),
    unfinished: outcome.unfinished,
    files: reported.files,
  };
}

function tellTheRest(outcome: ScheduleOutcome, { messages }: Surroundings, interruption: Interruption): void {
  const { failed, unfinished } = outcome;
  if (failed.size > 0) messages.write(`${failedSentence(failed)}\n`);
  if (interruption.level !== 'none')
    messages.write(
      `Stopped with ${count(unfinished.length, 'cell')} unfinished. The same command goes on where this one stopped.\n`,
    );
}

const failedSentence = (failed: ReadonlyMap<string, Failure>): string =>
  `${count(failed.size, 'cell')} failed: \`npm run reproduce -- status\` says why, \`npm run reproduce -- retry\` runs ${failed.size === 1 ? 'it' : 'them'} again.`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
