/** `reproduce cancel [tables…]`: takes jobs of the cluster back. What was done stays, and the same command goes on later. */
import type { Lease, QueueJob } from '../../store/lease.js';
import { hasResult } from '../../store/state.js';
import type { RunStore } from '../../store/store.js';
import { cancelJobs } from '../../run/slurm/cancel.js';
import type { Cluster } from '../../run/slurm/cluster.js';
import { hasEnded, keyOf } from '../../run/slurm/queue/queue-answer.js';
import { exitCodes } from '../../core/exit-codes.js';
import { command } from '../command.js';
import { experimentOptions, tables } from '../options/options.js';
import { runsAsked } from '../runs-asked.js';

interface Cancelled {
  readonly id: string;
  readonly lease: Lease;
  readonly job: QueueJob;
}

/** @throws Problem SLURM_MISSING, SLURM_REFUSED */
export const cancelCommand = command({
  positionals: tables,
  options: { ...experimentOptions, now: { type: 'boolean', default: false, describe: 'End what runs at once' } },
  run: async (args, surroundings) => {
    const { store, ids, cluster } = await runsAsked(args, surroundings);
    const live = ids().flatMap((id) => liveJobs(id, store));
    if (cluster !== null && live.length > 0) {
      const jobs = new Map(live.map(({ job }) => [keyOf(job), job]));
      await cancelJobs([...jobs.values()], args.now ? 'at once' : 'gracefully', cluster.commands, cluster.table);
      await cluster.table.refresh();
      for (const one of live) if (isGone(one.job, cluster)) close(one, store);
    }
    const jobs = `${live.length} ${live.length === 1 ? 'job' : 'jobs'}`;
    if (args.json) surroundings.output.write(`${JSON.stringify({ cancelled: live.map(({ id }) => id) })}\n`);
    else
      surroundings.output.write(
        live.length === 0
          ? 'No job of these runs is in the queue.\n'
          : `Cancelled the jobs of ${jobs}. ${after(args.now)}\n`,
      );
    return exitCodes.done;
  },
});

const liveJobs = (id: string, store: RunStore): Cancelled[] =>
  store
    .leases(id)
    .flatMap(({ lease, liveness }) =>
      lease.job !== null && liveness !== 'dead' ? [{ id, lease, job: lease.job }] : [],
    );

const after = (now: boolean): string =>
  now ? 'They go on from their last checkpoint.' : 'Those at work write a checkpoint first, and go on from there.';

function isGone(job: QueueJob, { table }: Cluster): boolean {
  const sighting = table.find(job);
  return sighting === 'missing' || (sighting !== 'unknown' && hasEnded(sighting.job));
}

/** Of a job that never began, nobody else closes the books. */
function close({ id, lease }: Cancelled, store: RunStore): void {
  const folder = store.folder(id);
  store.end({ id, folder, lease }, { outcome: hasResult(folder) ? 'done' : 'stopped' }, null);
}
