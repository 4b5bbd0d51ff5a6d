/** Benchmarks without a peer: a number against its goal, measured by a program of its own that prints it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inProject } from '../harness/core/project.js';
import type { Entry } from './entries.js';
import { complaintIn } from './measured-program.js';

/** What a program prints, a line of JSON each. */
export interface Figure extends Entry {
  /** What was measured and how, in a few words. */
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** `measured` may be at most this. */
  readonly goal: number;
}

export interface FigureProgram {
  /** As `--only` knows it. */
  readonly name: string;
  /** In `bench/programs/`. */
  readonly file: string;
  readonly nodeOptions?: readonly string[];
}

export const figurePrograms: readonly FigureProgram[] = [
  { name: 'trace-wrn-73-4', file: 'tracing' },
  { name: 'memory-growth-5000-steps', file: 'memory-growth', nodeOptions: ['--expose-gc'] },
  { name: 'layers-fit', file: 'functions/fit' },
  { name: 'call-overhead', file: 'functions/call-overhead' },
  { name: 'layers-memory-growth', file: 'functions/memory', nodeOptions: ['--expose-gc'] },
  { name: 'input-pipeline-idle', file: 'input-pipeline' },
  { name: 'strict-order-cpu2', file: 'strict-order' },
  { name: 'disturbance', file: 'disturbance/disturbance' },
  { name: 'scheduler', file: 'scheduling' },
  { name: 'report', file: 'reporting/reporting' },
];

/** Runs a program; its figures, or why there are none. `quick` asks for a small version of the same. */
export async function measureFigures(
  { name, file, nodeOptions = [] }: FigureProgram,
  quick: boolean,
): Promise<{ readonly figures: readonly Figure[] } | { readonly unavailable: string }> {
  const program = inProject('dist', 'bench', 'programs', `${file}.js`);
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...nodeOptions, program, ...(quick ? ['quick'] : [])],
      { maxBuffer: 2 ** 24, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '2' } },
    );
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.length > 0
      ? { figures: lines.map((line) => JSON.parse(line) as Figure) }
      : { unavailable: `${name} printed no figure` };
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const complaint = complaintIn(stderr ?? '');
    return { unavailable: complaint !== '' ? complaint : error instanceof Error ? error.message : String(error) };
  }
}

export const figureMet = ({ measured, goal }: Figure): boolean => measured <= goal;
