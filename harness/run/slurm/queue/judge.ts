/** How a lease stands whose worker is a job in Slurm's queue. */
import { isWatchedHere, type Lease, type Liveness } from '../../../store/lease.js';
import { visibility } from '../../../core/process/process-identity.js';
import type { JobTable } from './job-table.js';
import { hasEnded } from './queue-answer.js';

/**
 * While Slurm has the job, nobody else may begin. A job that has ended or that Slurm does not know leaves its lease standing for
 * `visibleSeconds`: its submission may be under way, or what it wrote not be seen here yet. Nothing is concluded from silence.
 */
export function judgeByQueue(lease: Lease, table: JobTable, visibleSeconds: number): Liveness {
  if (lease.job === null) throw new Error('Internal error: a lease without a job');
  if (isWatchedHere(lease)) return 'held';
  const sighting = table.find(lease.job);
  if (sighting === 'unknown' || table.askedAt === null) return 'elsewhere';
  if (sighting !== 'missing' && !hasEnded(sighting.job)) return isWatchedByNobody(lease) ? 'orphaned' : 'elsewhere';
  const since = (sighting === 'missing' ? null : sighting.job.endsAt) ?? Date.parse(lease.at);
  return table.askedAt - since > visibleSeconds * 1000 ? 'dead' : 'elsewhere';
}

/** Left to its queue on purpose, or by a process of this host that is gone. */
const isWatchedByNobody = ({ host, scheduler }: Lease): boolean =>
  scheduler === null || visibility(host) !== 'elsewhere';
