/** The scheduler's own cost: expanding and planning thousands of jobs, running trivial ones, and answering --help. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { decide } from '../../harness/run/decide.js';
import { estimatesFor } from '../../harness/run/estimate/experience.js';
import { training, type Job } from '../../harness/kinds/index.js';
import { expand } from '../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { inProject } from '../../harness/core/project.js';
import { stepSizes } from '../../harness/project/step-size.js';
import { papers } from '../../experiments/index.js';
import { runFile } from '../../harness/store/run-folder.js';
import { RunStore } from '../../harness/store/store.js';
import { Allocator, type Slot } from '../../harness/run/devices/allocator.js';
import { Interruption } from '../../harness/run/schedule/interruption.js';
import { LocalExecutor } from '../../harness/run/local/local-executor.js';
import { runSchedule } from '../../harness/run/schedule/scheduler.js';
import { peakMemoryBytes } from '../../harness/run/worker/environment.js';
import { anyMachine } from './any-machine.js';
import { madeUpErrors } from '../made-up-results.js';
import { againstGoal, printFigure, quick } from './print-figure.js';

const [wantedJobs, trivialJobs] = quick ? [500, 20] : [10_000, 500];
const scratch = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));
const print = (benchmark: string, what: string, measured: number, unit: string, goal: number): void => {
  const quantity = unit === 'MB' ? 'memory' : 'time';
  printFigure(
    againstGoal({ benchmark: `scheduler-${benchmark}`, network: '', batch: 0, what, measured, unit, goal, quantity }),
  );
};

const paper = papers.first;
await paper.loadModels();
const sizeOf = stepSizes();

/** Table 2 with so many seeds. */
function expansion(seeds: number): readonly Job[] {
  const folder = new ExperimentFolder(paper);
  const matrices = [folder.matrix('table2')];
  const numbers = Array.from({ length: seeds }, (_, seed) => seed);
  return expand({ matrices, profile: 'quick', seeds: numbers, machine: anyMachine, sizeOf, folder }).jobs;
}

/** As `plan` does it, against runs that are all done. */
function planning(): void {
  // Some jobs of the table are there whatever the seed.
  const perSeed = expansion(2).length - expansion(1).length;
  const start = performance.now();
  const jobs = expansion(Math.ceil(wantedJobs / perSeed));
  print('expand', `${jobs.length} jobs from YAML`, (performance.now() - start) / 1000, 's', 0.5);

  const store = new RunStore(join(scratch, 'finished'), papers);
  for (const job of jobs) {
    mkdirSync(store.folder(job.id), { recursive: true });
    writeFileSync(runFile(store.folder(job.id), 'job'), JSON.stringify(job));
    writeFileSync(runFile(store.folder(job.id), 'result'), JSON.stringify(madeUpErrors(job.id), null, 2));
  }
  const planned = performance.now();
  const decisions = expansion(Math.ceil(wantedJobs / perSeed)).map((job) => decide(job, store));
  estimatesFor(
    jobs,
    store,
    {
      selection: anyMachine.devices,
      count: 2,
      model: anyMachine.hardware,
      slots: slots(),
      devicesPerSlot: 1,
      memoryBytes: anyMachine.memoryBytes,
    },
    sizeOf,
  );
  const seconds = (performance.now() - planned) / 1000;
  if (decisions.some(({ action }) => action !== 'reuse')) throw new Error('a finished run was not recognised');
  print('plan', `${jobs.length} jobs against as many finished runs`, seconds, 's', 2);
}

/** Names of their own, so that nobody is waited for. */
const slots = (): Slot[] => [0, 1].map((core) => ({ name: `bench-${randomUUID()}-${core}`, gpu: null, core: null }));

/** Processor time of this process alone: what its workers take is theirs. */
async function running(): Promise<void> {
  const store = new RunStore(join(scratch, 'trivial'), papers);
  const jobs = expansion(trivialJobs)
    .filter((job) => training.is(job))
    .slice(0, trivialJobs);
  mkdirSync(store.root, { recursive: true });
  writeFileSync(join(store.root, 'template.json'), JSON.stringify(madeUpErrors('THE-ID'), null, 2));
  const executor = new LocalExecutor({ worker: ['/bin/sh', inProject('bench', 'programs', 'instant-worker.sh')] });
  const before = process.cpuUsage();
  const start = performance.now();
  const { done } = await runSchedule({
    jobs,
    store,
    executor,
    allocator: new Allocator(slots(), 16e9),
    policy: new ExperimentFolder(paper).profile('quick').policy,
    placement: () => ({
      want: { slots: 1, alone: false, memoryBytes: 1 },
      devices: () => 'cpu:1',
      pinned: false,
      hardware: null,
    }),
    execution: (_, devices, attempt) => ({
      devices,
      engine: 'traced',
      attempt,
      dataCache: scratch,
      checkpointSeconds: 60,
      deterministic: false,
      tf32: false,
      trace: false,
      tensorboard: false,
    }),
    secondsOf: () => 1,
    interruption: new Interruption(),
    keepGoing: true,
    tell: () => undefined,
  });
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  if (done.length !== jobs.length) throw new Error(`${done.length} of ${jobs.length} trivial jobs ended well`);
  const busy = (user + system) / 1000 / jobs.length;
  const each = `of each of ${jobs.length} trivial jobs on 2 slots`;
  print('time-a-cell', `the scheduler's processor time ${each}`, busy, 'ms', 60);
  print('wall-a-cell', `wall time ${each}, the workers' own included`, wall / jobs.length, 'ms', 60);
  print('memory', 'the peak resident memory of doing so', peakMemoryBytes() / 1e6, 'MB', 150);
}

function help(): void {
  const seconds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [inProject('bootstrap', 'reproduce.mjs'), '--help'], { stdio: 'ignore' });
    return (performance.now() - start) / 1000;
  });
  print('help', 'reproduce --help, median of 5', median(seconds), 's', 0.3);
}

/** `plan` of jobs of which none has run, and `status` of as many finished runs, as a shell starts them. */
function throughTheEntry(): void {
  const [toPlan, finished] = quick ? [500, 100] : [10_000, 5000];
  const perSeed = expansion(2).length - expansion(1).length;
  const entry = (...args: string[]): { readonly seconds: number; readonly output: string } => {
    const start = performance.now();
    const output = execFileSync(process.execPath, [inProject('bootstrap', 'reproduce.mjs'), ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { seconds: (performance.now() - start) / 1000, output };
  };
  const seeds = Math.min(1000, Math.ceil(toPlan / perSeed / 2));
  const plan = ['plan', 'table2', 'table3', '--profile', 'quick', '--seeds', String(seeds), '--devices', 'cpu:2'];
  const planned = [...plan, '--json', '--reports-folder', join(scratch, 'nothing')];
  // Once for the sizes of steps, which are then kept.
  entry(...planned);
  const times = [1, 2, 3].map(() => entry(...planned));
  const { jobs } = JSON.parse(times[0]?.output ?? '') as { readonly jobs: readonly unknown[] };
  const what = `${jobs.length} jobs, the whole process, median of 3`;
  print('plan-entry', `plan of ${what}`, median(times.map(({ seconds }) => seconds)), 's', 2);

  const reports = join(scratch, 'entry');
  const store = new RunStore(join(reports, 'runs'), papers);
  for (const { id } of expansion(Math.ceil(finished / perSeed)).slice(0, finished)) {
    mkdirSync(store.folder(id), { recursive: true });
    writeFileSync(runFile(store.folder(id), 'result'), JSON.stringify(madeUpErrors(id), null, 2));
  }
  const status = [1, 2, 3].map(() => entry('status', '--reports-folder', reports));
  const told = /^(\d+) done/.exec(status[0]?.output ?? '')?.[1] ?? '0';
  const seconds = median(status.map((one) => one.seconds));
  print('status-entry', `status of ${told} finished runs, the whole process, median of 3`, seconds, 's', 1);
}

try {
  await running();
  planning();
  throughTheEntry();
  help();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
