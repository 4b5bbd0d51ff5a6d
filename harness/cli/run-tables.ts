/** Runs what is not there yet, then writes the reports, whatever came of it: paper by paper. */
import { datasetStatus } from '../../datasets/status.js';
import { exitCodes } from '../core/exit-codes.js';
import { calibrationJobs, hoursByTable, measuredSteps } from '../run/estimate/calibration.js';
import { estimatesFor } from '../run/estimate/experience.js';
import { runJobs, tellTheRest, type JobsRun, type Wishes } from '../run/run-jobs.js';
import { detachJobs } from '../run/slurm/detach-jobs.js';
import type { ReportedPaper } from '../report/index.js';
import type { ProgramSurroundings } from './command.js';
import { timeDisturbedAgain } from './disturbed-timings.js';
import { GrowingReport } from './growing-report.js';
import type { RunArguments } from './options/options.js';
import { prepare, type Prepared } from './prepare.js';
import { startSentences } from './run-start.js';
import { budgetSentences } from './budget-sentences.js';
import { parseBudget, type BudgetChoice } from '../run/estimate/budget.js';
import { report } from './report.js';

/** How a run went, and what it was a run of. */
interface Ran {
  readonly run: JobsRun;
  readonly ran: Prepared<ReportedPaper>;
}

/** Resolves to the exit code. */
export async function runTables(args: RunArguments, surroundings: ProgramSurroundings): Promise<number> {
  const until = args.budget === undefined ? undefined : performance.now() + 1000 * parseBudget(args.budget);
  const summaries: unknown[] = [];
  const codes: number[] = [];
  for (const prepared of await prepare(args, surroundings)) {
    if (!args.quiet) await sayStart(prepared, surroundings);
    if (args.detach) {
      const steps = measuredSteps(
        calibrationJobs(prepared.asked.paper, prepared.jobs, prepared.machine),
        prepared.store,
      );
      codes.push(await detachJobs(prepared, args, surroundings, new Set(), steps));
      continue;
    }
    const { run, ran } = await runEstimated(prepared, args, surroundings, until);
    codes.push(run.exitCode);
    // Whoever stopped the program wants the prompt back; the files are written all the same.
    const print = !args.json && run.exitCode !== exitCodes.interrupted;
    const { files } = await report(ran, args, surroundings, { print, failed: run.outcome.failed });
    summaries.push({ ...run.summary, files });
    if (!args.json) tellTheRest(run, surroundings);
    if (run.exitCode === exitCodes.interrupted) break;
  }
  if (args.json && !args.detach)
    surroundings.output.write(`${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries, null, 2)}\n`);
  return Math.max(...codes);
}

/** Before anything is timed or trained, for hours perhaps. */
async function sayStart({ plan, selected, folders }: Prepared, { messages }: ProgramSurroundings): Promise<void> {
  for (const sentence of startSentences(plan, selected, await datasetStatus(folders.dataCache)))
    messages.write(`${sentence}\n`);
}

/** Runs the jobs; where they are days of work, it is measured first how many. */
async function runEstimated(
  prepared: Prepared<ReportedPaper>,
  args: RunArguments,
  surroundings: ProgramSurroundings,
  until: number | undefined,
): Promise<Ran> {
  const { asked, profile, jobs, store, selected, sizeOf, machine, plan } = prepared;
  const growing = new GrowingReport(prepared, args, surroundings);
  const onResult = () => growing.update();
  const before = new Set(jobs.filter(({ id }) => store.state(id) === 'done').map(({ id }) => id));
  const runAll = async (wishes: Wishes): Promise<Ran> => {
    const run = await runJobs(prepared, args, surroundings, wishes);
    return {
      run: await timeDisturbedAgain(run, before, prepared, args, surroundings, wishes),
      ran: prepared,
    };
  };
  if (profile !== 'paper') return runAll({ onResult });
  const left = jobs.filter(({ id }) => !before.has(id));
  const calibration = calibrationJobs(asked.paper, left, machine);
  const missing = calibration.filter(({ id }) => store.state(id) !== 'done');
  if (missing.length > 0) {
    if (!args.quiet)
      surroundings.messages.write(`First a few steps of ${missing.length} networks, to tell how long all will take.\n`);
    const run = await runJobs({ ...prepared, jobs: missing }, args, surroundings, { until });
    if (run.exitCode === exitCodes.interrupted) return { run, ran: prepared };
  }
  const steps = measuredSteps(calibration, store);
  const { budget, sizes } = prepared;
  if (budget !== null) {
    const choice = await sizes.answer(() => budget(steps));
    return runBudget(prepared, choice, args, surroundings, { steps, until });
  }
  if (!args.quiet && left.length > 0) {
    const tables = hoursByTable(plan.tables, left, estimatesFor(jobs, store, selected, sizeOf, steps));
    const total = tables.reduce((sum, { hours }) => sum + hours, 0);
    for (const { table, hours } of [...tables, { table: 'in all', hours: total }])
      surroundings.messages.write(`  ${table.padEnd(10)}${hours.toFixed(1).padStart(9)} device hours\n`);
  }
  return runAll({ steps, onResult });
}

/** Runs the chosen blocks until the time is over; as Ctrl-C would, that leaves checkpoints. */
async function runBudget(
  prepared: Prepared<ReportedPaper>,
  choice: BudgetChoice,
  args: RunArguments,
  surroundings: ProgramSurroundings,
  wishes: Pick<Wishes, 'steps' | 'until'>,
): Promise<Ran> {
  if (!args.quiet) for (const sentence of budgetSentences(choice)) surroundings.messages.write(`${sentence}\n`);
  const ran = { ...prepared, plan: choice.plan, jobs: choice.jobs };
  const growing = new GrowingReport(ran, args, surroundings);
  return { run: await runJobs(ran, args, surroundings, { ...wishes, onResult: () => growing.update() }), ran };
}
