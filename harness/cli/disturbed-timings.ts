/** Timings that other processes disturbed: taken again at the end of a run, by themselves, if the machine is quiet by then. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../kinds/index.js';
import { isDisturbing, watchOtherLoad } from '../kinds/rows/other-load.js';
import { runJobs, type JobsRun, type Wishes } from '../run/run-jobs.js';
import type { Surroundings } from '../run/surroundings.js';
import type { RunArguments } from './options/options.js';
import type { Prepared } from './prepare.js';

/** Over which the load is looked at before anything is timed again. */
const lookSeconds = 2;

/** Whether others disturb this machine now. */
async function isBusyNow(): Promise<boolean> {
  const load = watchOtherLoad();
  await sleep(lookSeconds * 1000);
  return isDisturbing(load());
}

/**
 * Times again, once, what was timed in this call and disturbed. Where the machine is still busy it says how to do so later.
 * @param run what the call has run so far
 * @param before ids of the jobs that were done before it
 */
export async function timeDisturbedAgain(
  run: JobsRun,
  before: ReadonlySet<string>,
  prepared: Prepared,
  args: RunArguments,
  surroundings: Surroundings,
  wishes: Wishes,
): Promise<JobsRun> {
  if (run.exitCode !== 0 || prepared.executor.name !== 'local') return run;
  const disturbed = disturbedJobs(prepared).filter(({ id }) => !before.has(id));
  if (disturbed.length === 0) return run;
  const many = disturbed.length === 1 ? '1 timing' : `${disturbed.length} timings`;
  const say = (text: string): void => {
    if (!args.quiet) surroundings.messages.write(`${text}\n`);
  };
  if (await (surroundings.isBusy ?? isBusyNow)()) {
    const ids = disturbed.map(({ id }) => id.slice(0, 8)).join(' ');
    say(`Other processes disturbed ${many} and are still busy. On a quiet machine: npm run reproduce -- retry ${ids}`);
    return run;
  }
  say(`Other processes disturbed ${many}, taken again now:`);
  const anew = new Set(disturbed.map(({ id }) => id));
  const again = await runJobs({ ...prepared, jobs: disturbed }, args, surroundings, { ...wishes, anew });
  const outcome = { ...again.outcome, done: [...new Set([...run.outcome.done, ...again.outcome.done])] };
  return { ...again, outcome, summary: { ...again.summary, done: outcome.done } };
}

const disturbedJobs = ({ jobs, store }: Pick<Prepared, 'jobs' | 'store'>): Job[] =>
  jobs.filter(({ id }) => {
    const result = store.state(id) === 'done' ? store.result(id) : null;
    return result !== null && 'otherLoad' in result && isDisturbing(result.otherLoad);
  });
