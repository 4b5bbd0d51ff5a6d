/** From the command line to plans: what every command that knows about experiments begins with. */
import { Problem } from '../core/problem.js';
import { kindOf, type Job } from '../kinds/index.js';
import type { DatasetName } from '../plan/dataset-facts.js';
import { availableData } from '../plan/expand/available-data.js';
import { expand, type ExpansionRequest } from '../plan/expand/expand.js';
import type { ExperimentFolder } from '../plan/experiment-folder.js';
import type { Machine } from '../plan/machine.js';
import type { Matrix } from '../plan/matrix/matrix.js';
import { isNetworkRow } from '../plan/matrix/matrix-row.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ExperimentPlan } from '../plan/plan.js';
import type { PlaceProjector } from '../project/planned-projection.js';
import { noOverrides, parseOverrides } from '../plan/profile/overrides.js';
import type { Policy, Profile } from '../plan/profile/profile-file.js';
import { wantedImageCounts } from '../plan/profile/training-plan.js';
import { chooseBlocks, parseBudget, type BudgetChoice } from '../run/estimate/budget.js';
import type { MeasuredStep } from '../run/estimate/estimate.js';
import { estimatesFor } from '../run/estimate/experience.js';
import { machineOf, openSite, sideBySide, type Runnable } from '../run/site.js';
import { lastStep } from '../store/last-step.js';
import type { RunStore } from '../store/store.js';
import type { Surroundings } from '../run/surroundings.js';
import type { ExperimentArguments } from './options/options.js';
import { parseSeeds } from './options/seeds.js';
import { projectorOf } from './projector.js';
import { askAfter, stepSizesOf, type Sizes } from './step-sizes.js';
import { tablesAsked, type TablesAsked } from './tables-asked.js';

/** The plan of one paper's tables, and its jobs (those that `--only` lets through) with where they run. */
export interface Prepared<P extends Paper = Paper> extends Runnable {
  readonly asked: TablesAsked<P>;
  readonly machine: Machine;
  readonly sizes: Sizes;
  readonly projector: PlaceProjector;
  readonly plan: ExperimentPlan;
  /** How failures are dealt with. */
  readonly policy: Policy;
  /** Chooses what fits into the time that `--budget` gives, once more where steps have been measured; null without it. */
  readonly budget: ((steps: readonly MeasuredStep[]) => BudgetChoice) | null;
}

/** Commands that run nothing are about everything unless told otherwise. */
export const allByDefault = <Args extends ExperimentArguments>(args: Args): Args =>
  (args.tables?.length ?? 0) > 0 || args.file !== undefined ? args : { ...args, all: true };

/** One plan for each paper that is asked for. @throws Problem of everything that a user can name and that is not there */
export async function prepare<P extends Paper>(
  args: ExperimentArguments,
  surroundings: Surroundings<P>,
): Promise<Prepared<P>[]> {
  const asked = tablesAsked(await surroundings.papers(), args);
  const seeds = args.seeds === undefined ? undefined : parseSeeds(args.seeds);
  const protocols = args.protocol?.flatMap((names) => names.split(','));
  const only = args.only?.map(searchText);
  const budget = args.budget === undefined ? undefined : parseBudget(args.budget);
  if (budget !== undefined && only !== undefined)
    throw new Problem('USAGE', '--budget chooses among all rows', 'Leave --only out.');
  const site = await openSite(args, surroundings);
  const sizes = stepSizesOf(
    asked.map(({ paper }) => paper),
    surroundings,
  );
  const { sizeOf } = sizes;
  const profile = budget === undefined ? args.profile : budgetProfile(args.profile);
  const { projection: projects } = args;
  const prepared: Prepared<P>[] = [];
  for (const tables of asked) {
    const { paper, folder, matrices } = tables;
    const overrides = parseOverrides(paper, args.set ?? []);
    const datasets = await neededData({ matrices, profile, overrides, folder }, site.folders.dataCache);
    const machine = machineOf(site, args, datasets);
    const { policy, seeds: usual } = folder.profile(profile);
    const oneSeed = budget === undefined ? {} : { seeds: usual.slice(0, 1) };
    const planAt = (schedule: number): ExperimentPlan =>
      expand({
        matrices,
        profile,
        ...(protocols ? { protocols } : {}),
        overrides,
        ...(seeds === undefined ? oneSeed : { seeds }),
        schedule,
        machine,
        sizeOf,
        projects,
        folder,
      });
    const projector = projectorOf(paper, surroundings);
    const whole = { ...site, asked: tables, machine, sizes, sizeOf, projector, policy };
    const choose = budget === undefined ? null : choosing(whole, budget, planAt);
    const { plan, jobs } = await sizes.answer(() => {
      const chosenNow = choose?.(NO_STEPS) ?? planOf(planAt(1));
      askAfter(chosenNow.jobs, sizeOf);
      return chosenNow;
    });
    prepared.push({ ...whole, plan, profile: plan.profile, jobs, budget: choose });
  }
  return only === undefined ? prepared : chosen(prepared, only);
}

const NO_STEPS: readonly MeasuredStep[] = [];

const planOf = (plan: ExperimentPlan): Pick<Prepared, 'plan' | 'jobs'> => ({ plan, jobs: plan.jobs });

/** @throws Problem USAGE */
function budgetProfile(profile: ExperimentArguments['profile']): ExperimentArguments['profile'] {
  if (profile !== 'quick') return 'paper';
  throw new Problem('USAGE', '--budget shortens the paper’s own settings', 'Leave --profile quick out.');
}

/** How blocks are chosen on this site. */
function choosing(
  { store, selected, sizeOf, executor, cluster }: Omit<Prepared, 'plan' | 'profile' | 'jobs' | 'budget'>,
  seconds: number,
  planAt: (schedule: number) => ExperimentPlan,
): (steps: readonly MeasuredStep[]) => BudgetChoice {
  const plans = new Map<number, ExperimentPlan>();
  const at = (schedule: number): ExperimentPlan => {
    const plan = plans.get(schedule) ?? planAt(schedule);
    plans.set(schedule, plan);
    return plan;
  };
  return (steps) =>
    chooseBlocks({
      seconds,
      planAt: at,
      isBegun: (id) => store.state(id) !== 'absent',
      left: (job) => (store.isDone(job.id) ? 0 : 1 - stepsDone(job, store)),
      secondsOf: estimatesFor(at(1).jobs, store, selected, sizeOf, steps),
      sideBySide: sideBySide({ executor, cluster, selected }),
    });
}

/** Of a training that was stopped: the share of its steps that its checkpoint has. */
function stepsDone(job: Job, store: RunStore): number {
  const { total, unit } = kindOf(job).progress(job);
  return unit === 'step' && total > 0 ? Math.min(1, (lastStep(store.folder(job.id)) ?? 0) / total) : 0;
}

/** Which of the data sets that an expansion asks for are here. */
export function neededData(
  {
    matrices,
    profile,
    overrides = noOverrides,
    folder,
  }: Pick<ExpansionRequest, 'matrices' | 'profile' | 'overrides' | 'folder'>,
  dataCache: string,
): Promise<Machine['datasets']> {
  const names = new Set([profile, ...matrices.flatMap(({ profile: own }) => own ?? [])]);
  const profiles = [...names].map((name) => folder.profile(name));
  return availableData(
    dataCache,
    wantedDatasets(matrices, profiles, folder),
    wantedImageCounts(profiles, matrices, overrides),
  );
}

/** Those of the rows, and what may stand in for them. */
function wantedDatasets(
  matrices: readonly Matrix[],
  profiles: readonly Profile[],
  folder: ExperimentFolder,
): Set<DatasetName> {
  const alsoShown = matrices.flatMap(({ also }) => also.map(({ table }) => folder.matrix(table)));
  const named = [...matrices, ...alsoShown].flatMap(({ rows }) =>
    rows.flatMap((row) => (isNetworkRow(row) ? row.dataset : [])),
  );
  return new Set([...named, ...profiles.flatMap(({ standIns }) => Object.values(standIns))]);
}

/** @throws Problem USAGE for what would be found in any title */
function searchText(text: string): string {
  if (/[\p{L}\p{N}]/u.test(text)) return text.toLowerCase();
  throw new Problem('USAGE', `--only "${text}" has no letter and no digit`, onlyHint);
}

const onlyHint = 'It wants the beginning of an id or a part of a title, as `plan` lists them.';

/** @throws Problem ONLY_NOTHING */
function chosen<P extends Paper>(prepared: readonly Prepared<P>[], only: readonly string[]): Prepared<P>[] {
  const wanted = ({ id, title }: Job): boolean =>
    only.some((text) => id.startsWith(text) || title.toLowerCase().includes(text));
  const left = prepared.map((one) => ({ ...one, jobs: one.jobs.filter(wanted) }));
  const [before, after] = [prepared, left].map((all) => all.reduce((sum, { jobs }) => sum + jobs.length, 0));
  if (after === 0 && before !== 0)
    throw new Problem('ONLY_NOTHING', `No job matches --only ${only.join(' ')}`, onlyHint);
  return left;
}
