/** `reproduce plan …`: what would run, what is reused, why each, and what it will take. Changes nothing. */
import { absenceSentence, type NotRun } from '../../plan/not-run.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { SecondsOf } from '../../run/estimate/estimate.js';
import { describeDevices } from '../../run/devices/machine.js';
import { duration } from '../../run/progress/format.js';
import { calibrationJobs, measuredSteps } from '../../run/estimate/calibration.js';
import { decide, explain, type Action, type Decision } from '../../run/decide.js';
import { submissionsOf } from '../../run/slurm/planned-submissions.js';
import { exitCodes } from '../../core/exit-codes.js';
import { estimatesFor } from '../../run/estimate/experience.js';
import { needsOf, needsSentences, type Needs } from '../../run/estimate/needs.js';
import { command } from '../command.js';
import { experimentOptions, ownFile, runOptions, tables } from '../options/options.js';
import { allByDefault, prepare, type Prepared } from '../prepare.js';

export const planCommand = command({
  positionals: tables,
  options: {
    ...experimentOptions,
    jobs: runOptions.jobs,
    file: ownFile,
    explain: { type: 'boolean', default: false, describe: 'Name what changed since a similar run' },
  },
  run: async (args, surroundings) => {
    const plans = (await prepare({ ...allByDefault(args), planning: true }, surroundings)).map((prepared) =>
      describe(prepared, args),
    );
    const json = plans.map(asJson);
    const text = args.json
      ? JSON.stringify(json.length === 1 ? json[0] : json, null, 2)
      : plans.map(asText).join('\n\n');
    surroundings.output.write(`${text}\n`);
    return exitCodes.done;
  },
});

interface DescribedPlan {
  readonly prepared: Prepared;
  readonly decisions: readonly Decision[];
  /** By job: what changed since a similar run. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
  readonly secondsOf: SecondsOf;
  readonly needs: Needs;
  /** By sentence. */
  readonly empty: ReadonlyMap<string, { readonly code: string; readonly places: number }>;
}

function describe(
  prepared: Prepared,
  args: { readonly explain: boolean; readonly jobs?: number | undefined },
): DescribedPlan {
  const decisions = prepared.jobs.map((job) => decide(job, prepared.store));
  const reasons = args.explain
    ? explain(prepared.asked.paper, decisions, prepared.store)
    : new Map<string, readonly string[]>();
  const { asked, jobs, store, selected, sizeOf, machine } = prepared;
  const steps = measuredSteps(calibrationJobs(asked.paper, jobs, machine), store);
  const secondsOf = estimatesFor(jobs, store, selected, sizeOf, steps);
  const needs = needsOf(prepared, decisions, secondsOf, args.jobs);
  return { prepared, decisions, reasons, secondsOf, needs, empty: emptyPlaces(prepared.plan) };
}

/** Reasons why places of the tables stay empty, with how many places each. */
function emptyPlaces(plan: ExperimentPlan): Map<string, { readonly code: string; places: number }> {
  const reasons = new Map<string, { readonly code: string; places: number }>();
  const count = (absence: NotRun) => {
    const reason = absenceSentence(absence);
    const known = reasons.get(reason);
    if (known) known.places++;
    else reasons.set(reason, { code: absence.code, places: 1 });
  };
  for (const { entries } of plan.tables)
    for (const { error, timing, trials, analysis, projection } of entries) {
      const isProjected = projection !== null && !projection.skipped;
      for (const part of isProjected ? [error] : [error, timing, trials, analysis])
        if (part.skipped && part.code !== 'NOT_IN_TABLE') count(part);
    }
  return reasons;
}

const actionWords: Readonly<Record<Action, string>> = {
  reuse: 'reuse',
  run: 'run',
  resume: 'resume',
  retry: 'again',
  wait: 'wait',
};

function asText({ prepared, decisions, reasons, secondsOf, needs, empty }: DescribedPlan): string {
  const { plan, selected } = prepared;
  const lines = [
    `${plan.tables.map(({ id }) => `${plan.paper}/${id}`).join(', ')}: profile ${plan.profile}, ${describeDevices(selected)}`,
    '',
  ];
  for (const { job, action, why } of decisions) {
    const time = action === 'reuse' ? '' : duration(secondsOf(job));
    lines.push(`  ${actionWords[action].padEnd(6)}  ${job.id}  ${time.padStart(9)}  ${job.title}: ${why}`);
    for (const reason of reasons.get(job.id) ?? []) lines.push(`${' '.repeat(37)}${reason}`);
  }
  if (empty.size > 0) lines.push('', 'Places that stay empty:');
  for (const [reason, { places }] of [...empty].sort(([, a], [, b]) => b.places - a.places))
    lines.push(`  ${String(places).padStart(4)}  ${reason}`);
  return [...lines, '', ...needsSentences(needs, decisions), ...submissionLines(prepared, decisions, secondsOf)].join(
    '\n',
  );
}

/** What would be asked of a cluster. */
function submissionLines(prepared: Prepared, decisions: readonly Decision[], secondsOf: SecondsOf): string[] {
  return submissionsOf(prepared, decisions, secondsOf).map(
    ({ jobs, options }) => `sbatch ${options.join(' ')}: ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`,
  );
}

function asJson({ prepared, decisions, reasons, secondsOf, needs, empty }: DescribedPlan): unknown {
  const { plan, selected, folders } = prepared;
  return {
    paper: plan.paper,
    profile: plan.profile,
    tables: plan.tables.map(({ id }) => id),
    devices: describeDevices(selected),
    runs: folders.runs,
    jobs: decisions.map(({ job, action, why }) => ({
      id: job.id,
      kind: job.kind,
      title: job.title,
      action,
      why,
      changed: reasons.get(job.id) ?? [],
      seconds: action === 'reuse' ? 0 : secondsOf(job),
    })),
    empty: [...empty].map(([reason, { code, places }]) => ({ code, reason, places })),
    needs,
    submissions: submissionsOf(prepared, decisions, secondsOf),
  };
}
