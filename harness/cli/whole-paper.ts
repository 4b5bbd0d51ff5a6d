/** All tables of a paper, of which a report shows those that something has been measured of. */
import { expand } from '../plan/expand/expand.js';
import type { ExperimentPlan } from '../plan/plan.js';
import { neededData, type Prepared } from './prepare.js';

/**
 * The tables of the call as it plans them, and the paper's others in the paper's order as a call without `--set`, `--seeds`
 * and `--protocol` plans them: those options are about the tables that are named. No table is expanded twice.
 */
export function planOfPaper(prepared: Prepared, projects: boolean): Promise<ExperimentPlan> {
  const found = known.get(prepared) ?? expandOthers(prepared, projects);
  known.set(prepared, found);
  return found;
}

/** A report is written again and again while jobs run, and the plan stays as it is. */
const known = new WeakMap<Prepared, Promise<ExperimentPlan>>();

async function expandOthers(prepared: Prepared, projects: boolean): Promise<ExperimentPlan> {
  const { asked, plan, machine, sizes, sizeOf, folders } = prepared;
  const { folder, paper } = asked;
  const names = folder.matrixNames();
  const order = [...new Set([...paper.tables.filter((name) => names.includes(name)), ...names])];
  const named = new Map(plan.tables.map((table) => [table.id, table]));
  const matrices = order.filter((name) => !named.has(name)).map((name) => folder.matrix(name));
  const request = { matrices, profile: plan.profile, folder };
  const datasets = await neededData(request, folders.dataCache);
  const others = await sizes.answer(() => expand({ ...request, machine: { ...machine, datasets }, sizeOf, projects }));
  const unnamed = new Map(others.tables.map((table) => [table.id, table]));
  return { ...others, tables: order.flatMap((name) => named.get(name) ?? unnamed.get(name) ?? []) };
}
