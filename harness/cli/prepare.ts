/** From the command line to a plan: what every command that knows about experiments begins with. */
import type { Cell } from '../plan/cell.js';
import type { DatasetName } from '../plan/dataset-facts.js';
import { expand, type ExpansionRequest } from '../plan/expand/expand.js';
import { ExperimentFolder, paperTables } from '../plan/experiment-folder.js';
import type { Machine } from '../plan/machine.js';
import type { Matrix } from '../plan/matrix/matrix.js';
import { noOverrides, parseOverrides } from '../plan/profile/overrides.js';
import type { ExperimentPlan } from '../plan/plan.js';
import type { Profile } from '../plan/profile/profile-file.js';
import { wantedImageCounts } from '../plan/profile/training-plan.js';
import { Problem } from '../core/problem.js';
import { availableData } from '../plan/expand/available-data.js';
import { parseSeeds, type ExperimentArguments } from './options.js';
import { machineOf, openSite, type Runnable } from '../run/site.js';
import type { Surroundings } from './surroundings.js';

/** A plan, and its cells (those that `--only` lets through) with where they run. */
export interface Prepared extends Runnable {
  readonly machine: Machine;
  readonly plan: ExperimentPlan;
}

/** Commands that run nothing are about everything unless told otherwise. */
export const allByDefault = <Args extends ExperimentArguments>(args: Args): Args =>
  (args.tables?.length ?? 0) > 0 || args.file !== undefined ? args : { ...args, all: true };

/** @throws Problem of everything that a user can name and that is not there. */
export async function prepare(args: ExperimentArguments, surroundings: Surroundings): Promise<Prepared> {
  const folder = new ExperimentFolder(surroundings.experimentsFolder);
  const matrices = matricesOf(args, folder);
  const overrides = parseOverrides(args.set ?? []);
  const seeds = args.seeds === undefined ? undefined : parseSeeds(args.seeds);
  const protocols = args.protocol?.flatMap((names) => names.split(','));
  const site = await openSite(args, surroundings);
  const { profile } = args;
  const datasets = await neededData({ matrices, profile, overrides }, folder, site.folders.dataCache);
  const machine = machineOf(site, args, datasets);
  const plan = expand({
    matrices,
    profile,
    ...(protocols ? { protocols } : {}),
    overrides,
    ...(seeds ? { seeds } : {}),
    machine,
    projects: args.projection ?? true,
    folder,
  });
  return { ...site, machine, plan, profile: plan.profile, cells: chosen(plan.cells, args.only) };
}

/** Which of the data sets that an expansion asks for are here. */
export function neededData(
  { matrices, profile, overrides = noOverrides }: Pick<ExpansionRequest, 'matrices' | 'profile' | 'overrides'>,
  folder: ExperimentFolder,
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
  const named = [...matrices, ...alsoShown].flatMap(({ rows }) => rows.map(({ dataset }) => dataset));
  return new Set([...named, ...profiles.flatMap(({ standIns }) => Object.values(standIns))]);
}

function matricesOf(args: ExperimentArguments, folder: ExperimentFolder): Matrix[] {
  if (args.file !== undefined) return [folder.matrixAt(args.file)];
  const names = args.all ? paperTables : [...new Set(args.tables ?? [])];
  if (names.length === 0)
    throw new Problem(
      'TABLE_MISSING',
      'Which table?',
      `Name one or more of ${folder.matrixNames().join(', ')}, or use --all. \`npm run reproduce -- --help\` lists everything.`,
    );
  return names.map((name) => folder.matrix(name));
}

/** @throws Problem ONLY_NOTHING */
function chosen(cells: readonly Cell[], only: readonly string[] | undefined): readonly Cell[] {
  if (only === undefined || only.length === 0) return cells;
  const wanted = only.map((text) => text.toLowerCase());
  const found = cells.filter(({ id, title }) =>
    wanted.some((text) => id.startsWith(text) || title.toLowerCase().includes(text)),
  );
  if (found.length === 0 && cells.length > 0)
    throw new Problem(
      'ONLY_NOTHING',
      `No cell matches --only ${only.join(' ')}`,
      'It wants the beginning of an id or a part of a title, as `plan` lists them.',
    );
  return found;
}
