/** What an end in the queue means, and what a person can do about a job that does not get on. */
import { constants } from 'node:os';
import type { JobEnd, QueueVerdict } from '../../local/executor.js';
import type { QueuedJob } from './queue-answer.js';

/** Null: the queue has forgotten the job, and nobody kept its accounts. */
export function jobEndOf(job: QueuedJob | null): JobEnd {
  const base = { exitCode: null, signal: null, notStarted: null, outOfMemoryKill: false };
  if (job === null) return base;
  const signal = job.signal === null ? null : signalName(job.signal);
  switch (job.state) {
    case 'COMPLETED':
      return { ...base, exitCode: job.exitCode ?? 0 };
    case 'OUT_OF_MEMORY':
      return { ...base, signal: 'SIGKILL', outOfMemoryKill: true };
    case 'BOOT_FAIL':
      return { ...base, notStarted: `the node of job ${job.id} did not boot` };
    case 'FAILED':
      // The batch script itself was never begun: a missing shared folder, a broken prolog.
      if (job.reason === 'JobLaunchFailure' && signal === null)
        return { ...base, notStarted: `job ${job.id} could not be launched on ${job.node || 'its node'}` };
      return { ...base, exitCode: job.exitCode, signal };
    default: {
      const verdict = verdictOf(job);
      return { ...base, exitCode: job.exitCode, signal, ...(verdict ? { verdict } : {}) };
    }
  }
}

function verdictOf({ id, state, node }: QueuedJob): QueueVerdict | null {
  const again = 'Run it again with `npm run reproduce -- retry`; it goes on from its last checkpoint.';
  switch (state) {
    case 'TIMEOUT':
    case 'DEADLINE':
      return {
        kind: 'timeout',
        code: 'TIME_LIMIT',
        message: `Slurm ended job ${id} at its time limit`,
        hint: `${again} A larger timeFactor in the site file asks for more time.`,
      };
    case 'NODE_FAIL':
      return {
        kind: 'node-lost',
        code: 'NODE_FAILED',
        message: `${node || 'The node'} of job ${id} failed`,
        hint: again,
      };
    case 'PREEMPTED':
    case 'REVOKED':
      return {
        kind: 'node-lost',
        code: 'PREEMPTED',
        message: `Job ${id} made way for one of higher priority`,
        hint: again,
      };
    case 'CANCELLED':
      return {
        kind: 'cancelled',
        code: 'CANCELLED',
        message: `Job ${id} was cancelled in Slurm`,
        hint: again,
      };
    default:
      return null;
  }
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}

/** Reasons that only another request gets rid of. */
const impossible =
  /^(?:Partition(?:Down|Inactive|NodeLimit|TimeLimit|Config)|Bad\w*Constraints|(?:Account|QOS)NotAllowed|Invalid(?:Account|QOS)|AccountingPolicy|DependencyNeverSatisfied|(?:QOS|Assoc)\w*Per(?:Job|Node)\w*)$/;

const nodesAway = /Nodes.required.for.job.are.DOWN|ReqNodeNotAvail|NodeDown|UnavailableNodes/i;

/**
 * What keeps a waiting job from ever starting by itself, and the way out; null where it only waits its turn. A job that is
 * held after a failed launch counts as held.
 */
export function obstacleOf({ id, state, reason }: QueuedJob): string | null {
  if (state === 'SUSPENDED' || state === 'STOPPED') return `Job ${id} is suspended: \`scontrol resume ${id}\``;
  if (state !== 'PENDING' && state !== 'REQUEUE_HOLD' && state !== 'SPECIAL_EXIT') return null;
  if (/launch.failed/i.test(reason))
    return `Job ${id} could not be launched on its node and is held: see \`sinfo -R\`, then \`scontrol release ${id}\``;
  if (reason === 'JobHeldAdmin') return `Job ${id} is held by an administrator: ask them why`;
  if (/held/i.test(reason) || state === 'REQUEUE_HOLD' || state === 'SPECIAL_EXIT')
    return `Job ${id} is held: \`scontrol release ${id}\` lets it run, \`scancel ${id}\` gives it up`;
  const cancel = `\`npm run reproduce -- cancel\` takes it back`;
  if (impossible.test(reason)) return `Job ${id} cannot start (${reason}): change the site file; ${cancel}`;
  if (nodesAway.test(reason))
    return `Job ${id} waits for nodes that are down, drained or reserved: \`sinfo -R\` says why; ${cancel}`;
  return null;
}
