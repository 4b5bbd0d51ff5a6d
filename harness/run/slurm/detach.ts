/** Submits everything at once and leaves it to Slurm: no process of ours stays behind. */
import type { Job } from '../../kinds/index.js';
import type { Launch } from '../local/executor.js';
import type { ScheduleRequest } from '../schedule/schedule-request.js';
import { chainsOf, placesOf } from './chains.js';
import { largestArray, type SlurmExecutor } from './slurm-executor.js';

export interface Detached {
  readonly submitted: readonly string[];
  /** Names of the Slurm jobs, one an array. */
  readonly queueJobs: readonly string[];
  readonly reused: readonly string[];
  /** In the queue already, or run by another process. */
  readonly elsewhere: readonly string[];
}

export type DetachRequest = Pick<
  ScheduleRequest,
  'jobs' | 'store' | 'policy' | 'placement' | 'execution' | 'secondsOf' | 'anew' | 'allocator'
> & {
  readonly executor: SlurmExecutor;
  /** Jobs that may still be put into the queue. */
  readonly places: number;
};

/**
 * Where there are more jobs than places, a task runs several, one after the other. What could not be submitted is as if it had
 * not been begun.
 * @throws Problem SLURM_REFUSED, SLURM_MISSING, DISK_FULL, NOT_WRITABLE
 */
export async function submitDetached(request: DetachRequest): Promise<Detached> {
  const { store, executor, places } = request;
  const reused: string[] = [];
  const elsewhere: string[] = [];
  const begun = new Map<string, Launch>();
  const queueJobs: string[] = [];
  const submitted: string[] = [];
  try {
    for (const job of request.jobs) {
      const beginning = beginOf(job, request);
      if (beginning === 'done') reused.push(job.id);
      else if (beginning === 'busy') elsewhere.push(job.id);
      else begun.set(job.id, beginning);
    }
    const groups = alike([...begun.values()], executor);
    const shares = placesOf(
      groups.map(({ length }) => length),
      places,
    );
    for (const [index, group] of groups.entries()) {
      const chains = chainsOf(group, Math.min(largestArray, shares[index] ?? 1), ({ seconds }) => seconds);
      const { name, runs } = await executor.submitChains(chains, (run, job) => store.recordWorker(run, { job }));
      queueJobs.push(name);
      for (const run of runs) {
        store.leave(run);
        begun.delete(run.id);
        submitted.push(run.id);
      }
    }
  } finally {
    for (const { run } of begun.values()) store.end(run, { outcome: 'interrupted' }, null);
  }
  return { submitted, queueJobs, reused, elsewhere };
}

/** Jobs that ask Slurm for the same. */
function alike(launches: readonly Launch[], executor: SlurmExecutor): Launch[][] {
  const groups = new Map<string, Launch[]>();
  for (const launch of launches) {
    const key = JSON.stringify(executor.demandOf([launch]));
    groups.set(key, [...(groups.get(key) ?? []), launch]);
  }
  return [...groups.values()];
}

function beginOf(job: Job, request: DetachRequest): Launch | 'done' | 'busy' {
  const { store, policy, secondsOf, allocator } = request;
  const anew = request.anew?.has(job.id) === true;
  if (!anew && store.isDone(job.id)) {
    store.settle(job.id);
    return 'done';
  }
  const { want, devices: devicesOf, pinned, hardware } = request.placement(job);
  const allocation = { slots: allocator.slots.slice(0, want.slots), alone: want.alone, memoryBytes: want.memoryBytes };
  const devices = devicesOf(allocation);
  const begin = store.begin({
    job,
    devices,
    slots: [],
    execution: (attempt) => request.execution(job, devices, attempt),
    anew,
  });
  if (begin.state !== 'begun') return begin.state;
  return { run: begin.run, hardware, allocation, pinned, policy, seconds: secondsOf(job) };
}
