/** Which stored runs a command is about: all there are, or the jobs of the tables that are named. */
import { RunStore } from '../store/store.js';
import type { Cluster } from '../run/slurm/cluster.js';
import { judgeOf, openCluster } from '../run/slurm/open-cluster.js';
import type { ExperimentArguments } from './options/options.js';
import { prepare } from './prepare.js';
import { foldersOf } from '../run/site.js';
import type { Surroundings } from '../run/surroundings.js';

export interface RunsAsked {
  readonly store: RunStore;
  readonly ids: () => readonly string[];
  readonly cluster: Cluster | null;
}

export async function runsAsked(args: ExperimentArguments, surroundings: Surroundings): Promise<RunsAsked> {
  if (args.all || (args.tables?.length ?? 0) > 0) {
    const [first, ...others] = await prepare(args, surroundings);
    if (first === undefined) throw new Error('Internal error: tables of no paper');
    const ids = [...new Set([first, ...others].flatMap(({ jobs }) => jobs.map(({ id }) => id)))];
    return { store: first.store, ids: () => ids, cluster: first.cluster };
  }
  const folders = foldersOf(args);
  const cluster = await openCluster(args, folders.reports, surroundings);
  const store = new RunStore(folders.runs, await surroundings.papers(), { judge: judgeOf(cluster, args.executor) });
  return { store, ids: () => store.ids().sort(), cluster };
}
