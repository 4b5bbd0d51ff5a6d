/** What `plan` tells of a cluster: the jobs that a run would submit. */
import type { SecondsOf } from '../estimate/estimate.js';
import { place } from '../devices/placement.js';
import { anonymousSlots } from './queue/queue-places.js';
import { commonArguments, demandArguments } from './request.js';
import { SlurmExecutor } from './slurm-executor.js';
import type { Decision } from '../decide.js';
import type { Runnable } from '../site.js';

export interface PlannedSubmission {
  readonly jobs: number;
  /** Of sbatch. */
  readonly options: readonly string[];
}

/** What a run would ask of the cluster, alike jobs together; nothing where jobs run on this machine. */
export function submissionsOf(
  { executor, cluster, selected, policy, sizeOf }: Omit<Runnable, 'jobs'>,
  decisions: readonly Decision[],
  secondsOf: SecondsOf,
): PlannedSubmission[] {
  if (!(executor instanceof SlurmExecutor) || cluster === null) return [];
  const counts = new Map<string, number>();
  for (const { job, action } of decisions) {
    if (action === 'reuse' || action === 'wait') continue;
    const { slots, ...want } = place(job, selected, sizeOf).want;
    const allocation = { ...want, slots: anonymousSlots(slots) };
    const demand = executor.demandOf([{ allocation, seconds: secondsOf(job), policy }]);
    const options = [...demandArguments(demand, cluster.site), ...commonArguments(cluster.site)].join('\n');
    counts.set(options, (counts.get(options) ?? 0) + 1);
  }
  return [...counts].map(([options, jobs]) => ({ jobs, options: options.split('\n') }));
}
