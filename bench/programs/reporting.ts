/** What it takes to write the report of some hundred runs, all tables and projections with it, and how large its page is. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { papers } from '../../experiments/index.js';
import { warpnet } from '../../experiments/warpnet/index.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { expand } from '../../harness/plan/expand/expand.js';
import { projectPlaces } from '../../harness/project/projections.js';
import { knownValidation } from '../../harness/project/validation/known-validation.js';
import { stepSizes } from '../../harness/project/step-size.js';
import { readOutcomes, writeCsvs, writeReports } from '../../harness/report/index.js';
import { runFile } from '../../harness/store/run-folder.js';
import { RunStore } from '../../harness/store/store.js';
import { anyMachine } from './any-machine.js';
import { madeUpResult } from '../made-up-results.js';
import { againstGoal, printFigure, quick } from './print-figure.js';

const wanted = quick ? 100 : 500;
const scratch = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));
await warpnet.loadModels();
const sizeOf = stepSizes();
const folder = new ExperimentFolder(warpnet);
const matrices = folder.matrixNames().map((name) => folder.matrix(name));
const planWith = (seeds: number) =>
  expand({
    matrices,
    profile: 'auto',
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    machine: anyMachine,
    sizeOf,
    folder,
  });

/** The fewest seeds that make so many jobs. */
function seedsFor(jobs: number): number {
  const [one, two] = [planWith(1).jobs.length, planWith(2).jobs.length];
  return 1 + Math.ceil(Math.max(0, jobs - one) / (two - one));
}

try {
  const store = new RunStore(join(scratch, 'runs'), papers);
  const seeds = seedsFor(wanted);
  for (const job of planWith(seeds).jobs) {
    mkdirSync(store.folder(job.id), { recursive: true });
    writeFileSync(runFile(store.folder(job.id), 'job'), JSON.stringify(job));
    writeFileSync(runFile(store.folder(job.id), 'result'), JSON.stringify(madeUpResult(job)));
  }
  const reports = join(scratch, 'auto', warpnet.id);
  const start = performance.now();
  const plan = planWith(seeds);
  const outcomes = readOutcomes(plan.jobs, store, (message) => {
    throw new Error(message);
  });
  const validation = await knownValidation({ paper: warpnet, plan, outcomes, reports: scratch });
  const projections = await projectPlaces({ paper: warpnet, plan, outcomes, validation });
  const measured = { plan, outcomes, projections, validation };
  writeCsvs(measured, reports);
  writeReports({ ...measured, paper: warpnet, sizeOf, reports: scratch, folder: reports });
  const seconds = (performance.now() - start) / 1000;
  const page = statSync(join(reports, 'index.html')).size / 1e6;
  const of = `the report of ${plan.jobs.length} runs with ${projections.size} projections`;
  const figure = { network: '', batch: 0 } as const;
  printFigure(
    againstGoal({
      ...figure,
      benchmark: 'report-time',
      what: of,
      measured: seconds,
      unit: 's',
      goal: 2,
      quantity: 'time',
    }),
  );
  printFigure(
    againstGoal({
      ...figure,
      benchmark: 'report-size',
      what: `the page of ${of}`,
      measured: page,
      unit: 'MB',
      goal: 1.5,
      quantity: 'memory',
    }),
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
