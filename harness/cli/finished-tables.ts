/** The tables that a report shows beside those of the call: all of the paper that something has been measured of. */
import type { Cell } from '../kinds/index.js';
import { expand } from '../plan/expand/expand.js';
import type { ExperimentPlan, PlannedEntry, TablePlan } from '../plan/plan.js';
import { neededData, type Prepared } from './prepare.js';

/**
 * The plan with the tables of the paper that it lacks and that have a finished job, in the paper's order. They are taken
 * as a call without `--set`, `--seeds` and `--protocol` has them: those options are about the tables that are named.
 * A matrix of the user's own is reported alone.
 */
export async function withFinishedTables(prepared: Prepared, projects: boolean): Promise<ExperimentPlan> {
  const { asked, plan, machine, sizeOf, store, folders } = prepared;
  if (asked.own) return plan;
  const { folder, paper } = asked;
  const known = folder.matrixNames();
  const order = [...new Set([...paper.tables.filter((name) => known.includes(name)), ...known])];
  const named = new Set(plan.tables.map(({ id }) => id));
  const matrices = order.filter((name) => !named.has(name)).map((name) => folder.matrix(name));
  const request = { matrices, profile: plan.profile, folder };
  const datasets = await neededData(request, folders.dataCache);
  const others = expand({ ...request, machine: { ...machine, datasets }, sizeOf, projects });
  const finished = others.tables.filter((table) => [...jobsOf(table)].some((id) => store.state(id) === 'done'));
  if (finished.length === 0) return plan;
  const wanted = new Set(finished.flatMap((table) => [...jobsOf(table)]));
  const rank = ({ id }: TablePlan): number => order.indexOf(id);
  const cells = [...plan.cells, ...others.cells.filter(({ id }) => wanted.has(id))];
  return {
    ...plan,
    tables: [...plan.tables, ...finished].sort((a, b) => rank(a) - rank(b)),
    cells: [...new Map(cells.map((cell): [string, Cell] => [cell.id, cell])).values()],
  };
}

const jobsOf = ({ entries, alsoShown }: TablePlan): Set<string> => new Set([...entries, ...alsoShown].flatMap(idsOf));

const idsOf = ({ error, timing, projection }: PlannedEntry): string[] => [
  ...(error.skipped ? [] : error.cells),
  ...(timing.skipped ? [] : [timing.cell]),
  ...(projection === null || projection.skipped ? [] : [projection.cell]),
];
