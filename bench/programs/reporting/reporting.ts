/**
 * What it takes to write the report of some hundred runs, all tables and projections with it, and how large its page is: the first report,
 * with an empty cache, and the next, which finds there what the first or a run has left.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { papers } from '../../../experiments/index.js';
import { warpnet } from '../../../experiments/warpnet/index.js';
import { inProject } from '../../../harness/core/project.js';
import { stepSizes } from '../../../harness/project/step-size.js';
import { runFile } from '../../../harness/store/run-folder.js';
import { RunStore } from '../../../harness/store/store.js';
import { madeUpResult } from '../../made-up-results.js';
import { againstGoal, printFigure, quick } from '../print-figure.js';
import { planWith, seedsFor } from './plan.js';
import type { WrittenReport } from './write-report.js';

const wanted = quick ? 100 : 500;
const scratch = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));

function print(
  benchmark: string,
  what: string,
  [measured, unit]: readonly [number, string],
  goal: number,
  quantity: 'time' | 'memory',
): void {
  printFigure(againstGoal({ benchmark, network: '', batch: 0, what, measured, unit, goal, quantity }));
}

try {
  await warpnet.loadModels();
  const sizeOf = stepSizes();
  const seeds = seedsFor(wanted, sizeOf);
  const store = new RunStore(join(scratch, 'runs'), papers);
  for (const job of planWith(seeds, sizeOf).jobs) {
    mkdirSync(store.folder(job.id), { recursive: true });
    writeFileSync(runFile(store.folder(job.id), 'job'), JSON.stringify(job));
    writeFileSync(runFile(store.folder(job.id), 'result'), JSON.stringify(madeUpResult(job)));
  }
  const program = inProject('dist', 'bench', 'programs', 'reporting', 'write-report.js');
  const write = (): WrittenReport =>
    JSON.parse(
      execFileSync(process.execPath, [program, scratch, String(seeds)], { encoding: 'utf8' }),
    ) as WrittenReport;
  const first = write();
  const again = [1, 2, 3].map(write);
  const of = `the report of ${first.runs} runs with ${first.projections} projections`;
  const next = median(again.map(({ seconds }) => seconds));
  print(
    'report-time',
    `${of}, from the start of its process, with what is in the cache; median of 3`,
    [next, 's'],
    2,
    'time',
  );
  print(
    'report-time-first',
    `${of}, from the start of its process, with an empty cache`,
    [first.seconds, 's'],
    20,
    'time',
  );
  print('report-size', `the page of ${of}`, [first.bytes / 1e6, 'MB'], 1.5, 'memory');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
