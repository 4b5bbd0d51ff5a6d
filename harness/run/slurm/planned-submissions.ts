/** What `plan` tells of a cluster: the jobs that a run would submit. */
import { ExperimentFolder } from '../../plan/experiment-folder.js';
import type { SecondsOf } from '../estimate/estimate.js';
import { place } from '../devices/placement.js';
import { anonymousSlots } from './queue/queue-places.js';
import { commonArguments, demandArguments } from './request.js';
import { SlurmExecutor } from './slurm-executor.js';
import type { Decision } from '../decide.js';
import type { Runnable } from '../site.js';

export interface PlannedSubmission {
  readonly cells: number;
  /** Of sbatch. */
  readonly options: readonly string[];
}

/** What a run would ask of the cluster, alike cells together; nothing where cells run on this machine. */
export function submissionsOf(
  { executor, cluster, selected, profile }: Runnable,
  decisions: readonly Decision[],
  secondsOf: SecondsOf,
  experimentsFolder?: string,
): PlannedSubmission[] {
  if (!(executor instanceof SlurmExecutor) || cluster === null) return [];
  const { policy } = new ExperimentFolder(experimentsFolder).profile(profile);
  const counts = new Map<string, number>();
  for (const { cell, action } of decisions) {
    if (action === 'reuse' || action === 'wait') continue;
    const { slots, ...want } = place(cell, selected).want;
    const allocation = { ...want, slots: anonymousSlots(slots) };
    const demand = executor.demandOf([{ allocation, seconds: secondsOf(cell), policy }]);
    const options = [...demandArguments(demand, cluster.site), ...commonArguments(cluster.site)].join('\n');
    counts.set(options, (counts.get(options) ?? 0) + 1);
  }
  return [...counts].map(([options, cells]) => ({ cells, options: options.split('\n') }));
}
