/** `reproduce retry [ids…]`: runs jobs that failed again; named ones also when they are done. */
import { timingHardware, type Machine } from '../../plan/machine.js';
import { kindOf, type Job } from '../../kinds/index.js';
import { ExperimentFolder } from '../../plan/experiment-folder.js';
import type { Paper } from '../../plan/paper/paper.js';
import type { Policy } from '../../plan/profile/profile-file.js';
import { Problem } from '../../core/problem.js';
import { RunStore } from '../../store/store.js';
import { availableData } from '../../plan/expand/available-data.js';
import { detachJobs } from '../../run/slurm/detach-jobs.js';
import { exitCodes } from '../../core/exit-codes.js';
import { runJobs, tellTheRest } from '../../run/run-jobs.js';
import { foldersOf, machineOf, openSite } from '../../run/site.js';
import type { Surroundings } from '../../run/surroundings.js';
import { command, type ArgumentsOf } from '../command.js';
import { experimentOptions, runOptions } from '../options/options.js';
import { askAfter, stepSizesOf } from '../step-sizes.js';

const positionals = { ids: { type: 'string', array: true, describe: 'Ids, or how they begin' } } as const;
const options = { ...experimentOptions, ...runOptions };

type RetryArguments = ArgumentsOf<typeof positionals> & ArgumentsOf<typeof options>;

export const retryCommand = command({
  positionals,
  options,
  needsTensorFlow: async (args, { papers }) => {
    try {
      return jobsAsked(args, new RunStore(foldersOf(args).runs, await papers())).some((job) => kindOf(job).tensorFlow);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  },
  run: retry,
});

async function retry(args: RetryArguments, surroundings: Surroundings): Promise<number> {
  const site = await openSite(args, surroundings);
  const { store, folders } = site;
  const machine = machineOf(site, args, await availableData(folders.dataCache, new Set(), []));
  const named = args.ids ?? [];
  const jobs = jobsAsked(args, store).filter((job) => fits(job, machine, surroundings));
  if (jobs.length === 0) {
    surroundings.messages.write(named.length > 0 ? 'Nothing to run again here.\n' : 'No job has failed.\n');
    if (args.json)
      surroundings.output.write(`${JSON.stringify({ exitCode: 0, done: [], failed: [], unfinished: [] })}\n`);
    return exitCodes.done;
  }
  const papers = (await surroundings.papers()).all.filter(({ id }) => jobs.some(({ paper }) => paper === id));
  const sizes = stepSizesOf(papers, surroundings);
  const { sizeOf } = sizes;
  await sizes.answer(() => askAfter(jobs, sizeOf));
  const { profile } = args;
  const runnable = { ...site, jobs, profile, policy: policyOf(papers, profile), sizeOf };
  const anew = new Set(named.length > 0 ? jobs.map(({ id }) => id) : []);
  if (args.detach) return detachJobs(runnable, args, surroundings, anew);
  const run = await runJobs(runnable, args, surroundings, { anew });
  const { exitCode, summary } = run;
  if (args.json) surroundings.output.write(`${JSON.stringify(summary, null, 2)}\n`);
  else tellTheRest(run, surroundings);
  if (!args.json && exitCode === exitCodes.done)
    surroundings.messages.write('Write the tables again with `npm run reproduce -- report`.\n');
  return exitCode;
}

/** Those that are named, else those that failed. @throws Problem RUN_UNKNOWN */
function jobsAsked({ ids = [] }: RetryArguments, store: RunStore): Job[] {
  const asked = ids.length > 0 ? ids.flatMap((text) => idsOf(text, store)) : failedOnes(store);
  return [...new Set(asked)].flatMap((id) => store.job(id) ?? []);
}

const failedOnes = (store: RunStore): string[] =>
  store
    .ids()
    .filter((id) => store.state(id) === 'failed')
    .sort();

/** @throws Problem RUN_UNKNOWN */
function idsOf(text: string, store: RunStore): string[] {
  const found = store.ids().filter((id) => id.startsWith(text));
  if (found.length === 0)
    throw new Problem('RUN_UNKNOWN', `No run's id begins with "${text}"`, '`npm run reproduce -- status` lists them.');
  return found;
}

/** Of the first paper that has such a profile. */
function policyOf(papers: readonly Paper[], profile: string): Policy {
  const folders = papers.map((paper) => new ExperimentFolder(paper));
  const folder = folders.find((one) => one.profileNames().includes(profile)) ?? folders[0];
  if (folder === undefined) throw new Error('Internal error: jobs of no paper');
  return folder.profile(profile).policy;
}

/** What is bound to other hardware cannot be measured here. */
function fits(job: Job, machine: Machine, { messages }: Surroundings): boolean {
  const bound = kindOf(job).bound(job);
  if (bound === null || (bound.hardware === timingHardware(machine) && bound.devices <= machine.deviceCount))
    return true;
  messages.write(`${job.title}: it was to be timed on ${bound.hardware}, which this is not; left out\n`);
  return false;
}
