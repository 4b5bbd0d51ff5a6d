/**
 * The files of one job's run, `reports/runs/<id>/`. While somebody works on it there is also a lease beside them,
 * `lease.<generation>.json` (see `lease.ts`).
 */
import { join } from 'node:path';
import { Problem } from '../core/problem.js';

export const runFiles = {
  /** The job, as expanded: what the id is a hash of. Written by the scheduler. The name is kept so that old runs stay readable. */
  job: 'cell.json',
  /** How this attempt runs: devices, engine, options that do not change numbers. Written by the scheduler. */
  execution: 'execution.json',
  /** One line an attempt: when, where, how it ended. */
  attempts: 'attempts.jsonl',
  /** The worker's events, append-only. */
  events: 'events.jsonl',
  /** The worker's standard output and error, of the last attempt. */
  log: 'log.txt',
  /** Trainings: a row a logged step. */
  steps: 'steps.csv',
  /** Trainings: a row an evaluation. */
  epochs: 'epochs.csv',
  /** Trainings of networks that have diagnostics: a row a quantity and look. */
  diagnoses: 'diagnoses.csv',
  /** Analyses: what was measured at the steps passed so far. */
  analysis: 'analysis.json',
  /** Timing jobs: a row a timed step. */
  timings: 'timings.csv',
  /** Where nvidia-smi tells: a row a second, the watts drawn by the job's GPUs. */
  power: 'power.csv',
  /** Weights, momentum, statistics and position. */
  checkpoint: 'checkpoint.safetensors',
  /** The commit mark: written last, only on success. */
  result: 'result.json',
  /** A failure of the last attempt; never a cache hit. */
  failure: 'failure.json',
  /** A profile of one step, Chrome trace format, and `trace.svg`; of a timing job `trace.<row>.json` and `.svg`. */
  trace: 'trace.json',
} as const;

export const runFile = (folder: string, file: keyof typeof runFiles): string => join(folder, runFiles[file]);

/** Version of the layout and meaning of a run folder; others are refused, never misread. */
export const runSchemaVersion = 1;

export function otherSchema(path: string, schema: unknown): Problem {
  return new Problem(
    'RUN_SCHEMA',
    `${path} was written in run format ${String(schema)}; this version reads format ${runSchemaVersion}`,
    'Use the version that wrote it, name another --reports-folder, or delete it with `npm run reproduce -- clean runs`.',
  );
}

/** @throws Problem RUN_SCHEMA where `value` says that it is of another format. */
export function refuseOtherSchema(path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return;
  if (value.schema !== runSchemaVersion) throw otherSchema(path, value.schema);
}
