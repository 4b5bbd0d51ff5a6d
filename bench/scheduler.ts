/** What the scheduler costs: expansion, planning, cells, memory, and the time until `--help`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { expand } from '../harness/experiment/expand.js';
import { ExperimentFolder } from '../harness/experiment/experiment-folder.js';
import { datasetNames } from '../harness/experiment/cell.js';
import type { DatasetAvailability, Machine } from '../harness/experiment/machine.js';
import { Problem } from '../harness/problem.js';
import { trivialResult } from './programs/trivial-cells.js';

export interface SchedulerFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number;
}

const manyCells = 10_000;

/** A hundred networks, and a hundred seeds of each. */
const matrixOfMany = `id: many
title: Ten thousand cells
measure: [error]
axes:
  dataset: [synthetic]
  K: [2]
  Nwarp: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  kw: [1, 2, 3, 4, 5]
  network: [WRN, WarpNet1]
asWritten: true
`;

/** Measures all of it, in a temporary folder. @throws Problem BENCH_FAILED */
export function measureScheduler(say: (line: string) => void = () => undefined): SchedulerFigure[] {
  const root = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const file = join(root, 'many.yaml');
    writeFileSync(file, matrixOfMany);
    say('expanding');
    const expanding = expandMany(file);
    say('planning');
    const planning = planMany(root, file, expanding.ids);
    say('scheduling');
    const scheduling = scheduleTrivial(root);
    say('starting');
    return [
      { name: `expand ${manyCells} cells`, value: expanding.seconds, unit: 's', goal: 0.5 },
      { name: `plan against ${manyCells} finished runs, whole command`, value: planning, unit: 's', goal: 2 },
      {
        name: 'schedule a trivial cell, of 500 on 2 slots',
        value: scheduling.milliseconds / 500,
        unit: 'ms',
        goal: 60,
      },
      { name: 'peak memory of that scheduler', value: scheduling.peakBytes / 1e6, unit: 'MB', goal: 150 },
      { name: 'reproduce --help', value: startUp(), unit: 's', goal: 0.3 },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function expandMany(file: string): { readonly seconds: number; readonly ids: readonly string[] } {
  const folder = new ExperimentFolder();
  const here: DatasetAvailability = { available: true, checksum: '0', trainImages: 2048 };
  const machine: Machine = {
    devices: { kind: 'cores', count: 2 },
    deviceCount: 2,
    hardware: 'CPU',
    cores: 2,
    engine: 'traced',
    memoryBytes: 2 ** 40,
    datasets: Object.fromEntries(datasetNames.map((name) => [name, here])) as Machine['datasets'],
  };
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  const began = performance.now();
  const { cells } = expand({ matrices: [folder.matrixAt(file)], profile: 'quick', seeds, machine, folder });
  const seconds = (performance.now() - began) / 1000;
  if (cells.length !== manyCells) throw failed(`expanded to ${cells.length} cells`);
  return { seconds, ids: cells.map(({ id }) => id) };
}

/** The ids of the plan command itself differ by the data's checksum, so it is asked for them first. */
function planMany(root: string, file: string, ids: readonly string[]): number {
  const args = ['plan', '--file', file, '--profile', 'quick', '--seeds', '100', '--json', '--reports-folder', root];
  const { cells } = JSON.parse(run(program, args).output) as { cells: readonly { id: string }[] };
  if (cells.length !== ids.length) throw failed(`planned ${cells.length} cells`);
  for (const { id } of cells) {
    mkdirSync(join(root, 'runs', id), { recursive: true });
    writeFileSync(join(root, 'runs', id, 'result.json'), JSON.stringify(trivialResult(id)));
  }
  const { seconds, output } = run(program, args);
  if (!output.includes('"cells": 0')) throw failed('found finished runs unfinished');
  return seconds;
}

function scheduleTrivial(root: string): { readonly milliseconds: number; readonly peakBytes: number } {
  const { output } = run(built('programs/schedule.js'), [root, '500', '2']);
  const result = JSON.parse(output) as { done: number; milliseconds: number; peakBytes: number };
  if (result.done !== 500) throw failed(`ran ${result.done} of 500 cells`);
  return result;
}

const startUp = (): number => median(Array.from({ length: 7 }, () => run(program, ['--help']).seconds));

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The compiled program, without the bootstrap that looks for what is missing. */
const program = built('programs/program.js');

function run(script: string, args: readonly string[]): { readonly seconds: number; readonly output: string } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw failed(`ended with ${String(status)}: ${stderr.slice(-500)}`);
  return { seconds, output: stdout };
}

const failed = (why: string): Problem => new Problem('BENCH_FAILED', `The benchmark of the scheduler ${why}`);

/** A line a figure, with its goal. */
export function schedulerText(figures: readonly SchedulerFigure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, goal }) => {
      const met = value <= goal ? 'met' : 'MISSED';
      return `${name.padEnd(width)}  ${value.toPrecision(3).padStart(6)} ${unit.padEnd(2)}  goal ${goal} ${unit}: ${met}`;
    })
    .join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${schedulerText(measureScheduler((line) => process.stderr.write(`${line}\n`)))}\n`);
