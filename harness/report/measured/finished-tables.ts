/** The tables that a report shows beside those of the call: all that something has been measured of. */
import type { Cell } from '../../plan/cell.js';
import { expand } from '../../plan/expand/expand.js';
import { ExperimentFolder, paperTables } from '../../plan/experiment-folder.js';
import type { ExperimentPlan, PlannedEntry, TablePlan } from '../../plan/plan.js';
import { neededData, type Prepared } from '../../cli/prepare.js';
import type { Surroundings } from '../../cli/surroundings.js';

/**
 * The plan with the tables of the paper that it lacks and that have a finished cell, in the paper's order. They are taken
 * as a call without `--set`, `--seeds` and `--protocol` has them: those options are about the tables that are named.
 */
export async function withFinishedTables(
  { plan, machine, store, folders }: Prepared,
  projects: boolean,
  surroundings: Surroundings,
): Promise<ExperimentPlan> {
  const folder = new ExperimentFolder(surroundings.experimentsFolder);
  const known = new Set(folder.matrixNames());
  const order = [...paperTables, 'readings', 'seeds'].filter((name) => known.has(name));
  const named = new Set(plan.tables.map(({ id }) => id));
  const matrices = order.filter((name) => !named.has(name)).map((name) => folder.matrix(name));
  const datasets = await neededData({ matrices, profile: plan.profile }, folder, folders.dataCache);
  const others = expand({
    matrices,
    profile: plan.profile,
    machine: { ...machine, datasets },
    projects,
    folder,
  });
  const finished = others.tables.filter((table) => [...cellsOf(table)].some((id) => store.state(id) === 'done'));
  if (finished.length === 0) return plan;
  const wanted = new Set(finished.flatMap((table) => [...cellsOf(table)]));
  const rank = ({ id }: TablePlan): number => (order.includes(id) ? order.indexOf(id) : -1);
  const cells = [...plan.cells, ...others.cells.filter(({ id }) => wanted.has(id))];
  return {
    ...plan,
    tables: [...plan.tables, ...finished].sort((a, b) => rank(a) - rank(b)),
    cells: [...new Map(cells.map((cell): [string, Cell] => [cell.id, cell])).values()],
  };
}

const cellsOf = ({ entries, alsoShown }: TablePlan): Set<string> => new Set([...entries, ...alsoShown].flatMap(idsOf));

const idsOf = ({ error, timing, projection }: PlannedEntry): string[] => [
  ...(error.skipped ? [] : error.cells),
  ...(timing.skipped ? [] : [timing.cell]),
  ...(projection === null || projection.skipped ? [] : [projection.cell]),
];
