/** Runs the cell of a run folder: from the files the scheduler wrote to `result.json`, or to a reason why not. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { StepProfile } from '../engine/step-graph.js';
import { cellSchema, numericsVersion, type Cell, type ErrorCell, type TimingCell } from '../experiment/cell.js';
import { labelOf, type NetworkSpecification } from '../network/specification.js';
import { Problem } from '../problem.js';
import { writeAtomically } from '../result/atomic-write.js';
import { executionSchema, type Execution } from '../result/execution.js';
import { runFile } from '../result/run-folder.js';
import type { CellResult, Environment, Evaluation } from '../result/result.js';
import type { PartsOpener } from './cell-parts.js';
import { energyJoules, recordPower } from './energy.js';
import { describeEnvironment, peakMemoryBytes } from './environment.js';
import { EventLog, recordedSeconds, type Tell } from './event-log.js';
import { diagnose } from './failure.js';
import { visibleGpus } from './gpus.js';
import { traceName, writeTrace, type TraceCaption } from './step-trace.js';
import { openSummary } from './tensorboard.js';
import { time } from './timing.js';
import { train } from './trainer.js';

export type Outcome = 'finished' | 'stopped' | 'failed';

interface Attempt {
  readonly folder: string;
  readonly execution: Execution;
  readonly opener: PartsOpener;
  readonly tell: Tell;
  readonly warn: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What is in every result; the rest depends on the kind of cell. */
type Shared = Pick<CellResult, 'schema' | 'id' | 'numericsVersion' | 'attempts' | 'environment'>;
type Measured =
  | { readonly stoppedAt: number }
  | {
      readonly result: (shared: Shared & ReturnType<typeof closingFigures>) => CellResult;
      readonly environment: Environment;
    };

/**
 * Runs one attempt. `result.json` is written last, by rename; a failure goes to `failure.json`; a stop leaves a checkpoint.
 * @throws Problem RUN_FOLDER_INVALID where the scheduler's files cannot be read: there is then nobody to tell.
 */
export async function runCell(
  folder: string,
  opener: PartsOpener,
  signal: AbortSignal,
  warn: (line: string) => void,
): Promise<Outcome> {
  const cell = readInput(folder, 'cell', cellSchema);
  const execution = readInput(folder, 'execution', executionSchema);
  rmSync(runFile(folder, 'failure'), { force: true });
  let log: EventLog | undefined;
  try {
    log = new EventLog(runFile(folder, 'events'), execution.attempt);
    const { tell } = log;
    const measured = await measure(cell, { folder, execution, opener, tell, warn, signal });
    if ('stoppedAt' in measured) {
      tell({ type: 'stopped', step: measured.stoppedAt });
      return 'stopped';
    }
    tell({ type: 'phase', phase: 'saving' });
    const shared = { schema: 1, id: cell.id, numericsVersion, attempts: execution.attempt } as const;
    const result = measured.result({ ...shared, environment: measured.environment, ...closingFigures(folder) });
    // Before the commit mark: whoever sees the result finds all events.
    tell({ type: 'finished' });
    writeAtomically(runFile(folder, 'result'), `${JSON.stringify(result, null, 2)}\n`);
    return 'finished';
  } catch (error) {
    recordFailure(folder, execution, log?.tell, error, warn);
    return 'failed';
  } finally {
    log?.close();
  }
}

const measure = (cell: Cell, attempt: Attempt): Promise<Measured> =>
  cell.kind === 'error' ? measureError(cell, attempt) : measureTiming(cell, attempt);

async function measureError(cell: ErrorCell, attempt: Attempt): Promise<Measured> {
  const { folder, execution, tell, warn, signal } = attempt;
  return withParts(
    attempt,
    () => attempt.opener.error(cell, execution),
    async (parts, environment) => {
      if (signal.aborted) return { stoppedAt: 0 };
      tell({ type: 'phase', phase: 'compiling' });
      const { program, training, validation, profile } = await parts.prepare();
      tell({ type: 'phase', phase: 'training' });
      const { checkpointSeconds, tensorboard } = execution;
      const summaryFrom = tensorboard
        ? (resumed: number | undefined) => openSummary(join(folder, 'tensorboard'), resumed, warn)
        : undefined;
      const trained = await train({
        cell,
        folder,
        program,
        training,
        validation,
        checkpointSeconds,
        tell,
        warn,
        signal,
        summaryFrom,
      });
      if ('stoppedAt' in trained) return trained;
      // Last, for a profiled step changes the weights, which are in the checkpoint by now.
      if (execution.trace && profile)
        await writeTrace(folder, 'trace', await profile(), captionOf(cell.network, '', cell.training.batch, execution));
      const { evaluations, finalLoss } = trained;
      const { last, best } = lastAndBest(evaluations);
      return {
        environment,
        result: (shared) => ({
          kind: 'error',
          ...shared,
          parameters: program.parameters,
          trainImages: training.images,
          validationImages: validation.images,
          last,
          best,
          evaluations: [...evaluations],
          finalLoss,
        }),
      };
    },
  );
}

async function measureTiming(cell: TimingCell, attempt: Attempt): Promise<Measured> {
  const { folder, execution, tell, signal } = attempt;
  return withParts(
    attempt,
    () => attempt.opener.timing(cell, execution),
    async (parts, environment) => {
      if (signal.aborted) return { stoppedAt: 0 };
      const { rows, batch } = await parts.prepare((detail) => {
        tell({ type: 'phase', phase: 'compiling', detail });
      });
      const networks = new Map(cell.rows.map((row) => [row.row, row]));
      const onProfile = async (name: string, profile: StepProfile) => {
        const row = networks.get(name);
        if (row)
          await writeTrace(folder, traceName(name), profile, captionOf(row.network, row.layout, cell.batch, execution));
      };
      const timed = await time({
        cell,
        folder,
        rows,
        batch,
        tell,
        signal,
        onProfile: execution.trace ? onProfile : undefined,
      });
      if ('stoppedAt' in timed) return timed;
      return {
        environment,
        result: (shared) => ({ kind: 'timing', ...shared, hardware: cell.hardware, rows: timed.rows }),
      };
    },
  );
}

/** Opens engine and data while the machine is described, announces the attempt, and closes what was opened. */
async function withParts<Parts extends { tensorflow: string; close(): Promise<void> }>(
  { folder, execution, tell }: Attempt,
  open: () => Promise<Parts>,
  run: (parts: Parts, environment: Environment) => Promise<Measured>,
): Promise<Measured> {
  tell({ type: 'phase', phase: 'loading' });
  const [parts, described, gpus] = await Promise.all([
    open(),
    describeEnvironment(execution),
    visibleGpus(execution.devices),
  ]);
  const stopReadings = recordPower(folder, gpus);
  try {
    const environment = { ...described, tensorflow: parts.tensorflow };
    tell({ type: 'started', pid: process.pid, environment });
    return await run(parts, environment);
  } finally {
    stopReadings();
    await parts.close();
  }
}

/** Figures that are taken when all work is done. */
const closingFigures = (folder: string) => ({
  finishedAt: new Date().toISOString(),
  wallSeconds: recordedSeconds(runFile(folder, 'events')),
  peakMemoryBytes: peakMemoryBytes(),
  energyJoules: energyJoules(folder),
});

const captionOf = (
  network: NetworkSpecification,
  layout: string,
  batch: number,
  { devices, engine }: Execution,
): TraceCaption => ({
  title: labelOf(network),
  subtitle: `${layout} batch ${batch}, ${engine} engine on ${devices}`.trim(),
});

/** The best is the earliest of those with the lowest top-1 error. */
function lastAndBest(evaluations: readonly Evaluation[]): { last: Evaluation; best: Evaluation } {
  const [first, ...rest] = evaluations;
  if (!first) throw new Error('Internal error: a training ended without an evaluation');
  const best = rest.reduce((lowest, one) => (one.errorPct < lowest.errorPct ? one : lowest), first);
  return { last: rest.at(-1) ?? first, best };
}

function recordFailure(
  folder: string,
  execution: Execution,
  tell: Tell | undefined,
  error: unknown,
  warn: (line: string) => void,
): void {
  const diagnosis = diagnose(error);
  const expected = error instanceof Problem;
  warn(
    expected
      ? `${diagnosis.code}: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  const { attempt } = execution;
  // The log is the scheduler's: it adds the tail.
  const failure = { ...diagnosis, exitCode: 3, signal: null, logTail: [], at: new Date().toISOString(), attempt };
  try {
    writeAtomically(runFile(folder, 'failure'), `${JSON.stringify(failure, null, 2)}\n`);
    tell?.({ type: 'failed', failure });
  } catch (again) {
    // On a full disk even this may not fit; the exit code and the log still tell.
    warn(`failure.json was not written: ${again instanceof Error ? again.message : String(again)}`);
  }
}

function readInput<T>(folder: string, file: 'cell' | 'execution', schema: z.ZodType<T>): T {
  const path = runFile(folder, file);
  const invalid = (why: string) =>
    new Problem(
      'RUN_FOLDER_INVALID',
      `${path}: ${why}`,
      'Run folders are made by `reproduce`; plan and run the experiment again.',
    );
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(issue ? `${issue.path.join('.')}: ${issue.message}` : 'not as expected');
}
