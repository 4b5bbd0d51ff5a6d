/** From the command line to plans: what every command that knows about experiments begins with. */
import { Problem } from '../core/problem.js';
import type { Job } from '../kinds/index.js';
import type { DatasetName } from '../plan/dataset-facts.js';
import { availableData } from '../plan/expand/available-data.js';
import { expand, type ExpansionRequest } from '../plan/expand/expand.js';
import type { ExperimentFolder } from '../plan/experiment-folder.js';
import type { Machine } from '../plan/machine.js';
import type { Matrix } from '../plan/matrix/matrix.js';
import { isNetworkRow } from '../plan/matrix/matrix-row.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ExperimentPlan } from '../plan/plan.js';
import { noOverrides, parseOverrides } from '../plan/profile/overrides.js';
import type { Policy, Profile } from '../plan/profile/profile-file.js';
import { wantedImageCounts } from '../plan/profile/training-plan.js';
import type { SizeOf } from '../plan/step-size.js';
import { machineOf, openSite, type Runnable } from '../run/site.js';
import type { Surroundings } from '../run/surroundings.js';
import type { ExperimentArguments } from './options.js';
import { parseSeeds } from './seeds.js';
import { stepSizesOf } from './step-sizes.js';
import { tablesAsked, type TablesAsked } from './tables-asked.js';

/** The plan of one paper's tables, and its jobs (those that `--only` lets through) with where they run. */
export interface Prepared<P extends Paper = Paper> extends Runnable {
  readonly asked: TablesAsked<P>;
  readonly machine: Machine;
  readonly sizeOf: SizeOf;
  readonly plan: ExperimentPlan;
  /** How failures are dealt with. */
  readonly policy: Policy;
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
  const site = await openSite(args, surroundings);
  const sizeOf = await stepSizesOf(
    asked.map(({ paper }) => paper),
    surroundings,
  );
  const { profile, projection: projects } = args;
  const prepared: Prepared<P>[] = [];
  for (const tables of asked) {
    const { paper, folder, matrices } = tables;
    const overrides = parseOverrides(paper, args.set ?? []);
    const datasets = await neededData({ matrices, profile, overrides, folder }, site.folders.dataCache);
    const machine = machineOf(site, args, datasets);
    const plan = expand({
      matrices,
      profile,
      ...(protocols ? { protocols } : {}),
      overrides,
      ...(seeds ? { seeds } : {}),
      machine,
      sizeOf,
      projects,
      folder,
    });
    const { policy } = folder.profile(profile);
    prepared.push({ ...site, asked: tables, machine, sizeOf, plan, policy, profile: plan.profile, jobs: plan.jobs });
  }
  return only === undefined ? prepared : chosen(prepared, only);
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
