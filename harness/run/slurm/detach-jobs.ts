/** `--detach`: submits to Slurm and says how to follow it up. */
import type { MeasuredStep } from '../estimate/estimate.js';
import { place } from '../devices/placement.js';
import { Problem } from '../../core/problem.js';
import { submitDetached, type Detached } from './detach.js';
import { hasEnded } from './queue/queue-answer.js';
import { SlurmExecutor } from './slurm-executor.js';
import { estimatesFor } from '../estimate/experience.js';
import { exitCodes } from '../../core/exit-codes.js';
import type { RunOptions } from '../run-options.js';
import { executionOf } from '../run-jobs.js';
import { roomOf, type Runnable } from '../site.js';
import type { Surroundings } from '../surroundings.js';

/** Resolves to the exit code. @throws Problem DETACH_LOCAL, and of Slurm */
export async function detachJobs(
  runnable: Runnable,
  args: RunOptions,
  { messages, output }: Surroundings,
  anew: ReadonlySet<string> = new Set(),
  steps: readonly MeasuredStep[] = [],
): Promise<number> {
  const { jobs, store, executor, selected, policy, sizeOf, cluster } = runnable;
  if (!(executor instanceof SlurmExecutor) || cluster === null)
    throw new Problem(
      'DETACH_LOCAL',
      '--detach leaves jobs to a queue, and this machine has none',
      'Add --executor slurm; or keep the program running with nohup or tmux.',
    );
  executor.onTrouble((message) => messages.write(`${message}\n`));
  const queued = cluster.table.jobs.filter((job) => !hasEnded(job)).length;
  const detached = await submitDetached({
    jobs,
    store,
    executor,
    allocator: roomOf(runnable, args.jobs),
    policy,
    placement: (job) => place(job, selected, sizeOf),
    execution: executionOf(runnable, args),
    secondsOf: estimatesFor(jobs, store, selected, sizeOf, steps),
    anew,
    places: (args.jobs ?? cluster.site.queued) - queued,
  });
  if (args.json) output.write(`${JSON.stringify({ exitCode: exitCodes.done, ...detached }, null, 2)}\n`);
  else messages.write(`${sentencesOf(detached).join('\n')}\n`);
  return exitCodes.done;
}

function sentencesOf({ submitted, queueJobs, reused, elsewhere }: Detached): string[] {
  const there = [
    reused.length > 0 ? `${reused.length} done before` : '',
    elsewhere.length > 0 ? `${elsewhere.length} in the queue or at work already` : '',
  ].filter((part) => part !== '');
  const rest = there.length > 0 ? ` (${there.join(', ')})` : '';
  if (submitted.length === 0) return [`Nothing to submit${rest}.`];
  return [
    `Submitted ${submitted.length} ${submitted.length === 1 ? 'job' : 'jobs'} as ${queueJobs.join(', ')}${rest}.`,
    'From any login node: `npm run reproduce -- status`, `wait`, `cancel`; the same command without --detach collects and writes the tables.',
  ];
}
