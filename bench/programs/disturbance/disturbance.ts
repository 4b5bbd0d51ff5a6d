/**
 * How far speed-ups move while another process takes the cores: rows are timed again and again, in turns with nothing, 10, 25
 * and 50 % of one core taken in bursts. Every row's quiet value is the median of its repeats without load.
 * `reports/bench/disturbance.csv` has a line a row and load, `disturbance-steps.jsonl` every measured step.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { median } from 'simple-statistics';
import { writeAtomically } from '../../../harness/core/files/atomic-write.js';
import { makeFolder } from '../../../harness/core/files/make-folder.js';
import { inProject } from '../../../harness/core/project.js';
import { againstGoal, printFigure, quick } from '../print-figure.js';
import { openRows, type OpenedRows, type RepeatedRow } from './rows.js';

/** Percent of one core. */
const loads = [0, 10, 25, 50] as const;
const repeats = quick ? 1 : 10;
/** Up to this load, percent of one core, no RS may be off by more than so many points. */
const mostLoad = 25;
const mostPoints = 3;
/** Of forty 95 % intervals at least 35 have to hold the quiet value. */
const mostMissed = 5 / 40;

type Repeat = RepeatedRow & { readonly load: number };

async function underLoad<Result>(load: number, work: () => Promise<Result>): Promise<Result> {
  if (load === 0) return work();
  const program = inProject('dist', 'bench', 'programs', 'disturbance', 'spinner.js');
  const spinner = spawn(process.execPath, [program, String(load / 100)], { stdio: 'ignore' });
  const gone = once(spinner, 'exit');
  try {
    return await work();
  } finally {
    spinner.kill('SIGKILL');
    await gone;
  }
}

async function measure(rows: OpenedRows, folder: string): Promise<Repeat[]> {
  const found: Repeat[] = [];
  // In turns, so that an hour in which the machine's host is busy is no load's own.
  for (let repeat = 0; repeat < repeats; repeat += 1)
    for (const load of repeat % 2 === 0 ? loads : loads.toReversed()) {
      const start = performance.now();
      const { rows: own, steps } = await underLoad(load, () => rows.repeat(folder));
      if (!quick)
        appendFileSync(
          inProject('reports', 'bench', 'disturbance-steps.jsonl'),
          `${JSON.stringify({ load, steps })}\n`,
        );
      found.push(...own.map((row) => ({ ...row, load })));
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      process.stderr.write(
        `${repeat + 1} of ${repeats}, ${load} % of a core: ${own.map(text).join(', ')}; ${seconds} s\n`,
      );
    }
  return found;
}

const text = ({ percent, interval }: RepeatedRow): string =>
  interval === null
    ? percent.toFixed(1)
    : `${percent.toFixed(1)} (${interval.low.toFixed(1)} to ${interval.high.toFixed(1)})`;

interface Line {
  readonly row: string;
  readonly kind: RepeatedRow['kind'];
  readonly load: number;
  readonly repeats: number;
  /** Percent. */
  readonly quiet: number;
  readonly median: number;
  /** Points. */
  readonly largestDifference: number;
  /** Null where there are no intervals. */
  readonly holding: number | null;
}

function linesOf(found: readonly Repeat[]): Line[] {
  return [...new Set(found.map(({ row }) => row))].flatMap((row) => {
    const own = found.filter((repeat) => repeat.row === row);
    const quiet = median(own.filter(({ load }) => load === 0).map(({ percent }) => percent));
    return loads.map((load): Line => {
      const there = own.filter((repeat) => repeat.load === load);
      const [first] = there;
      if (first === undefined) throw new Error('Internal error: a row that was not repeated');
      const holds = ({ interval }: Repeat): boolean =>
        interval !== null && interval.low <= quiet && quiet <= interval.high;
      return {
        ...{ row, kind: first.kind, load, repeats: there.length, quiet },
        median: median(there.map(({ percent }) => percent)),
        largestDifference: Math.max(...there.map(({ percent }) => Math.abs(percent - quiet))),
        holding: first.interval === null ? null : there.filter(holds).length,
      };
    });
  });
}

function report(lines: readonly Line[]): void {
  for (const { row, kind, load, quiet, largestDifference, median: middle, repeats: count } of lines) {
    if (load > mostLoad) continue;
    const what = `${kind} RS at ${load} % load, farthest of ${count} from the quiet ${quiet.toFixed(1)} %; their median ${middle.toFixed(1)} %`;
    const figure = { benchmark: `disturbance-${load}`, network: row, batch: 16, what, measured: largestDifference };
    printFigure(againstGoal({ ...figure, unit: 'points', goal: mostPoints, quantity: 'time' }));
  }
  for (const row of new Set(lines.flatMap((line) => (line.holding === null ? [] : [line.row])))) {
    const own = lines.filter((line) => line.row === row);
    const [all, held] = [
      own.reduce((sum, line) => sum + line.repeats, 0),
      own.reduce((sum, line) => sum + (line.holding ?? 0), 0),
    ];
    const what = `of ${all} 95 % intervals at all loads, those without the quiet value`;
    const figure = { benchmark: 'disturbance-intervals', network: row, batch: 16, what, measured: all - held };
    printFigure(againstGoal({ ...figure, unit: 'intervals', goal: mostMissed * all, quantity: 'time' }));
  }
}

const columns = ['row', 'kind', 'load', 'repeats', 'quiet', 'median', 'largestDifference', 'holding'] as const;

const folder = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));
try {
  if (!quick) makeFolder(inProject('reports', 'bench'));
  const rows = await openRows();
  const lines = linesOf(await measure(rows, folder));
  await rows.close();
  if (!quick) {
    const reports = inProject('reports', 'bench');
    const rounded = lines.map((line) =>
      Object.fromEntries(
        Object.entries(line).map(([name, value]) => [
          name,
          typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : value,
        ]),
      ),
    );
    writeAtomically(join(reports, 'disturbance.csv'), stringify(rounded, { header: true, columns: [...columns] }));
  }
  report(lines);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
