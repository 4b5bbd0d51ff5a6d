/** What squeue and sacct say of our jobs, in one form. */
import type { QueueJob } from '../../../store/lease.js';

/** Names of jobs that this program submits: nobody else's are looked at. */
export const jobNamePattern = /^reproduce-[0-9a-f]{12}$/;

export interface QueuedJob extends QueueJob {
  /** As scancel takes it: `17_3`. */
  readonly id: string;
  /** Slurm's long name: PENDING, RUNNING, TIMEOUT … */
  readonly state: string;
  /** Why it waits, or ended so. */
  readonly reason: string;
  readonly node: string;
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Wall-clock milliseconds; of a job that has not ended, when it has to. Null where it has not begun. */
  readonly endsAt: number | null;
}

export const keyOf = ({ name, task }: QueueJob): string => `${name}/${task}`;

const endStates = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
]);

/** Nothing of it runs any more, and it will not run again by itself. */
export const hasEnded = ({ state }: QueuedJob): boolean => endStates.has(state);

export const isRunning = ({ state }: QueuedJob): boolean =>
  state === 'RUNNING' || state === 'COMPLETING' || state === 'STAGE_OUT' || state === 'SIGNALING';

/** Fixed widths, which every Slurm knows: fields may hold any separator. */
const columns = [
  ['Name', 26],
  ['ArrayJobID', 20],
  ['ArrayTaskID', 12],
  ['State', 24],
  ['exit_code', 14],
  ['EndTime', 24],
  ['NodeList', 60],
  ['Reason', 80],
] as const;

/** One question for all jobs of a user, those that ended lately too, a line a task. */
export const squeueArguments = (user: string): string[] => [
  '--noheader',
  '--array',
  '--states=all',
  `--user=${user}`,
  `--Format=${columns.map(([name, width]) => `${name}:${width}`).join(',')}`,
];

export function parseSqueue(output: string): QueuedJob[] {
  return output.split('\n').flatMap((line) => {
    let start = 0;
    const fields = columns.map(([, width]) => line.slice(start, (start += width)).trim());
    const [name = '', arrayId = '', task = '', state = '', exit = '', end = '', node = '', reason = ''] = fields;
    if (!jobNamePattern.test(name) || !/^\d+$/.test(task)) return [];
    const ended = exitOf(exit);
    return [{ name, task: Number(task), id: `${arrayId}_${task}`, state, reason, node, ...ended, endsAt: timeOf(end) }];
  });
}

/** In the time zone of whoever asked; `N/A` where there is none. */
function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** A wait status (768 is exit code 3), or `3:0`, depending on Slurm's version. */
function exitOf(text: string): Pick<QueuedJob, 'exitCode' | 'signal'> {
  const [code, signal] = text.includes(':') ? text.split(':').map(Number) : [Number(text) >> 8, Number(text) & 127];
  if (code === undefined || signal === undefined || Number.isNaN(code + signal))
    return { exitCode: null, signal: null };
  return signal > 0 ? { exitCode: null, signal } : { exitCode: code, signal: null };
}

/** Of jobs that the controller has forgotten, where there is accounting. */
export const sacctArguments = (names: readonly string[]): string[] => [
  '--noheader',
  '--parsable2',
  '--allocations',
  '--starttime=now-60days',
  `--name=${names.join(',')}`,
  '--format=JobName,JobID,State,ExitCode,End,NodeList',
];

export function parseSacct(output: string): QueuedJob[] {
  return output.split('\n').flatMap((line) => {
    const [name = '', id = '', words = '', exit = '', end = '', node = ''] = line.split('|');
    const task = /^\d+_(\d+)$/.exec(id)?.[1];
    if (!jobNamePattern.test(name) || task === undefined) return [];
    // `CANCELLED by 1000`
    const [state = ''] = words.split(' ');
    return [{ name, task: Number(task), id, state, reason: '', node, ...exitOf(exit), endsAt: timeOf(end) }];
  });
}
