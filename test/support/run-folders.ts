/** Run folders as the scheduler makes them, and what stands in them afterwards. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Job, TrainingJob } from '../../harness/kinds/index.js';
import type { Training } from '../../harness/kinds/training/job.js';
import type { WorkerEvent } from '../../harness/store/events.js';
import type { Execution } from '../../harness/store/execution.js';
import { runFile, type runFiles } from '../../harness/store/run-folder.js';
import { execution, timingJob, trainingJob as exampleTraining } from './jobs.js';

export { execution, timingJob };

export const trainingJob = (training: Partial<Training> = {}, others: Partial<TrainingJob> = {}): TrainingJob =>
  exampleTraining({ ...others, training });

export function emptyFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'run-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function runFolder(job: Job, how: Execution = execution(), parent = tmpdir()): string {
  const folder = emptyFolder(parent);
  writeFileSync(runFile(folder, 'job'), JSON.stringify(job));
  attempt(folder, how);
  return folder;
}

/** Sets how the next attempt runs. */
export function attempt(folder: string, how: Execution): void {
  writeFileSync(runFile(folder, 'execution'), JSON.stringify(how));
}

export const read = (folder: string, file: keyof typeof runFiles): string =>
  readFileSync(runFile(folder, file), 'utf8');

export const readBytes = (folder: string, file: keyof typeof runFiles): Buffer => readFileSync(runFile(folder, file));

export function events(folder: string): WorkerEvent[] {
  return read(folder, 'events')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WorkerEvent);
}

/** Rows of a CSV, as records of strings. */
export function csv(folder: string, file: 'steps' | 'epochs' | 'timings' | 'power'): Record<string, string>[] {
  const [header = '', ...lines] = read(folder, file).trimEnd().split('\n');
  const columns = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [columns[i] ?? '', value])));
}
