/** Runs the cell of a run folder: from the files the scheduler wrote to `result.json`, or to a reason why not. */
import { readFileSync, rmSync } from 'node:fs';
import type { z } from 'zod';
import { cellSchema } from '../../plan/cell.js';
import { cellIdentity } from '../../plan/identity.js';
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { executionSchema, type Execution } from '../../store/execution.js';
import { runFile } from '../../store/run-folder.js';
import type { PartsOpener } from './cell-parts.js';
import { energyJoules } from '../../kinds/timing/energy.js';
import { peakMemoryBytes } from './environment.js';
import { EventLog, recordedSeconds, type Tell } from './event-log.js';
import { diagnose } from './failure.js';
import { measure } from './measure.js';

export type Outcome = 'finished' | 'stopped' | 'failed';

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
    const { numericsVersion } = cellIdentity(cell);
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

/** Figures that are taken when all work is done. */
const closingFigures = (folder: string) => ({
  finishedAt: new Date().toISOString(),
  wallSeconds: recordedSeconds(runFile(folder, 'events')),
  peakMemoryBytes: peakMemoryBytes(),
  energyJoules: energyJoules(folder),
});

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
