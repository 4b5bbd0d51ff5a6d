/** Run folders as the scheduler makes them, and what stands in them afterwards. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Cell, ErrorCell, TimingCell } from '../../../harness/plan/cell.js';
import type { WorkerEvent } from '../../../harness/store/events.js';
import type { Execution } from '../../../harness/store/execution.js';
import { runFile, type runFiles } from '../../../harness/store/run-folder.js';
import { protocol } from '../protocol.js';

export function errorCell(training: Partial<ErrorCell['training']> = {}, others: Partial<ErrorCell> = {}): ErrorCell {
  return {
    kind: 'error',
    id: 'e-0123456789abcdef',
    title: 'WRN-7-1 on synthetic',
    network: { family: 'wrn', unitsPerStage: 1, kw: 1, classes: 10 },
    dataset: 'synthetic',
    dataChecksum: '0'.repeat(64),
    trainImages: null,
    protocol,
    training: {
      steps: 12,
      batch: 5,
      learningRate: 0.1,
      dropSteps: [6],
      dropFactor: 0.1,
      weightDecay: 0.0005,
      evaluateEvery: 4,
      seed: 0,
      ...training,
    },
    replicas: 1,
    ...others,
  };
}

export function timingCell(others: Partial<TimingCell> = {}): TimingCell {
  return {
    kind: 'timing',
    id: 't-0123456789abcdef',
    title: 'K = 2',
    rows: [
      { row: 'baseline', network: { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 }, layout: '[F1, F2]' },
      {
        row: 'warpnet1',
        network: { family: 'warpnet1', K: 2, Nwarp: 1, kw: 1, classes: 10 },
        layout: "[F1] [F2, F2'x1]",
      },
      {
        row: 'warpnet2',
        network: { family: 'warpnet2', K: 2, Nwarp: 1, kw: 1, classes: 10 },
        layout: "[F1] [F2, F2'F1]",
      },
    ],
    protocol,
    batch: 4,
    warmup: 1,
    rounds: 2,
    stepsPerRound: 2,
    inputPipeline: false,
    devices: 2,
    engine: 'traced',
    hardware: 'test',
    ...others,
  };
}

export function execution(others: Partial<Execution> = {}): Execution {
  return {
    devices: 'cpu:1',
    engine: 'cpu',
    attempt: 1,
    dataCache: '/nonexistent',
    checkpointSeconds: 0,
    deterministic: true,
    tf32: false,
    trace: false,
    tensorboard: false,
    ...others,
  };
}

export function emptyFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'run-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function runFolder(cell: Cell, how: Execution = execution(), parent = tmpdir()): string {
  const folder = emptyFolder(parent);
  writeFileSync(runFile(folder, 'cell'), JSON.stringify(cell));
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
