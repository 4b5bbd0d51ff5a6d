/** `reproduce table2 …`: runs what is not there yet, then writes the reports. */
import type { Cell } from '../experiment/cell.js';
import type { Execution } from '../result/execution.js';
import { Allocator } from '../schedule/allocator.js';
import { Interruption, interruptOnSignals } from '../schedule/interruption.js';
import { place } from '../schedule/placement.js';
import { defaultPolicies } from '../schedule/policy.js';
import type { ScheduleEvent } from '../schedule/schedule-event.js';
import { runSchedule, type ScheduleOutcome } from '../schedule/scheduler.js';
import type { RunArguments } from './options.js';
import { prepare, type Prepared } from './prepare.js';
import type { Surroundings } from './surroundings.js';

export const exitCodes = { done: 0, usage: 1, failed: 2, interrupted: 130 } as const;

/** Runs the command and resolves to the exit code. */
export async function reproduce(args: RunArguments, surroundings: Surroundings): Promise<number> {
  const prepared = await prepare(args, surroundings);
  const interruption = new Interruption();
  const stopListening = interruptOnSignals(interruption);
  try {
    const outcome = await runCells(prepared, args, interruption, (event) => {
      surroundings.messages.write(`${event.type}${'cell' in event ? ` ${event.cell.title}` : ''}\n`);
    });
    if (interruption.level !== 'none') return exitCodes.interrupted;
    return outcome.failed.size > 0 ? exitCodes.failed : exitCodes.done;
  } finally {
    stopListening();
  }
}

export function runCells(
  prepared: Prepared,
  args: RunArguments,
  interruption: Interruption,
  tell: (event: ScheduleEvent) => void,
  anew?: ReadonlySet<string>,
): Promise<ScheduleOutcome> {
  const { cells, store, executor, selected, hardware, plan } = prepared;
  return runSchedule({
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
    tell,
  });
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
