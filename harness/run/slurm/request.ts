/** What is asked of Slurm for a job, as options of sbatch. */
import type { Allocation } from '../devices/allocator.js';
import type { ClusterSite } from './site-file.js';
import { signals } from './node/tasks.js';

export interface Demand {
  /** Cards; 0 on CPU. */
  readonly gpus: number;
  /** Cores; on GPU those that feed the cards. */
  readonly cpus: number;
  /** Alone on the node: for timing. */
  readonly alone: boolean;
  /** `--mem` in MiB; null leaves it to the cluster, 0 is all of the node. */
  readonly memoryMebibytes: number | string | null;
  readonly minutes: number;
}

/** Start-up, loading and the last checkpoint, whatever the estimate says. */
const spareSeconds = 600;
/** Of the worker beside its tensors: Node, TensorFlow, decoded images. */
const processBytes = 2 * 2 ** 30;
/** Coarse, so that jobs that differ a little are alike and become one array. */
const memoryStep = 4 * 2 ** 30;

/** What jobs one after the other in one task need: as much as the one that needs most, for all their time. */
export function demandOf(
  kind: 'cpu' | 'gpu',
  jobs: readonly { readonly allocation: Allocation; readonly seconds: number; readonly timeoutSeconds: number }[],
  site: ClusterSite,
): Demand {
  const most = (value: (allocation: Allocation) => number) =>
    Math.max(...jobs.map(({ allocation }) => value(allocation)));
  const slots = most(({ slots: given }) => given.length);
  const alone = site.exclusive && jobs.some(({ allocation }) => allocation.alone);
  return {
    gpus: kind === 'gpu' ? slots : 0,
    cpus: Math.max(1, kind === 'gpu' ? slots * site.cpusPerGpu : slots),
    alone,
    memoryMebibytes: memoryOf(
      most(({ memoryBytes }) => memoryBytes),
      alone,
      site,
    ),
    minutes: minutesOf(jobs, site),
  };
}

function memoryOf(bytes: number, alone: boolean, site: ClusterSite): number | string | null {
  if (site.memory === 'none') return null;
  if (site.memory !== 'estimate') return site.memory;
  return alone ? 0 : Math.ceil((bytes + processBytes) / memoryStep) * (memoryStep / 2 ** 20);
}

/** The estimate with a margin; what the policy allows a job at most; never more than the partition does. */
function minutesOf(
  jobs: readonly { readonly seconds: number; readonly timeoutSeconds: number }[],
  { timeFactor, longest = Infinity }: ClusterSite,
): number {
  const wanted = jobs.reduce(
    (sum, { seconds, timeoutSeconds }) => sum + Math.min(seconds * timeFactor, timeoutSeconds),
    spareSeconds,
  );
  // Coarse, for the same reason.
  const step = wanted < 4 * 3600 ? 15 : 60;
  return Math.max(1, Math.min(Math.ceil(wanted / 60 / step) * step, Math.floor(longest / 60)));
}

export interface Submission {
  readonly name: string;
  /** Its folder: script, tasks, output. */
  readonly folder: string;
  readonly script: string;
  readonly tasks: number;
  readonly demand: Demand;
  /** A worker that is asked to stop needs so long for its checkpoint, seconds. */
  readonly graceSeconds: number;
}

/** Slurm sends the signal up to a minute early; the limit itself has no grace. */
const signalMargin = 30;

export function sbatchArguments(submission: Submission, site: ClusterSite): string[] {
  const { name, folder, script, tasks, demand, graceSeconds } = submission;
  const throttle = site.running === undefined ? '' : `%${site.running}`;
  const lead = Math.min(graceSeconds + signalMargin, Math.floor(demand.minutes * 30));
  return [
    '--parsable',
    `--job-name=${name}`,
    `--array=0-${tasks - 1}${throttle}`,
    ...demandArguments(demand, site),
    // Told ahead of the limit, the job writes a checkpoint and puts itself back into the queue.
    `--signal=B:${signals.timeIsUp.slice(3)}@${lead}`,
    '--requeue',
    '--open-mode=append',
    `--output=${folder}/%a.log`,
    ...commonArguments(site),
    script,
  ];
}

/** What is asked for, without what names the job. */
export const demandArguments = (demand: Demand, site: ClusterSite): string[] => [
  '--nodes=1',
  '--ntasks=1',
  `--cpus-per-task=${demand.cpus}`,
  ...(demand.gpus > 0 ? gresOf(demand.gpus, site) : []),
  ...(demand.memoryMebibytes === null ? [] : [`--mem=${demand.memoryMebibytes}`]),
  ...(demand.alone ? ['--exclusive'] : []),
  `--time=${demand.minutes}`,
];

export const gresOf = (gpus: number, { gpuType }: ClusterSite): string[] => [
  `--gres=gpu${gpuType === undefined ? '' : `:${gpuType}`}:${gpus}`,
];

/** What the site file says of every job. */
export function commonArguments(site: ClusterSite): string[] {
  const named = (['partition', 'account', 'qos', 'constraint'] as const).flatMap((option) => {
    const value = site[option];
    return value === undefined ? [] : [`--${option}=${value}`];
  });
  return [...named, ...site.options];
}
