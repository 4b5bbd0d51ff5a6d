/** The tables that a report shows beside those of the call: all that something has been measured of. */
import type { Job } from '../../kinds/index.js';
import { jobsOfEntry, type ExperimentPlan, type ProjectionCheck, type TablePlan } from '../../plan/plan.js';

/**
 * The call's plan with those of `all` tables that it lacks and that have a finished job, in the paper's order.
 * @param all the paper's tables as a call plans them that names no options: `--set`, `--seeds` and `--protocol` are about
 * the tables that are named
 */
export function withFinishedTables(
  plan: ExperimentPlan,
  all: ExperimentPlan,
  isFinished: (id: string) => boolean,
): ExperimentPlan {
  const named = new Set(plan.tables.map(({ id }) => id));
  const finished = all.tables.filter((table) => !named.has(table.id) && [...jobsOf(table)].some(isFinished));
  if (finished.length === 0) return plan;
  const wanted = new Set(finished.flatMap((table) => [...jobsOf(table)]));
  const order = all.tables.map(({ id }) => id);
  const jobs = new Map<string, Job>(plan.jobs.map((job) => [job.id, job]));
  // Of a job that both have, the call's name of the protocol stays.
  for (const job of all.jobs) if (wanted.has(job.id) && !jobs.has(job.id)) jobs.set(job.id, job);
  const known = new Set(plan.protocols.map(({ name }) => name));
  return {
    ...plan,
    // Tables of a user's own come first.
    tables: [...plan.tables, ...finished].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
    protocols: [...plan.protocols, ...all.protocols.filter(({ name }) => !known.has(name))],
    checks: [...plan.checks, ...all.checks.filter((check) => !isIn(plan.checks, check) && hasJobs(jobs, check))],
    jobs: [...jobs.values()],
  };
}

const isIn = (checks: readonly ProjectionCheck[], { timing, row }: ProjectionCheck): boolean =>
  checks.some((check) => check.timing === timing && check.row === row);

const hasJobs = (jobs: ReadonlyMap<string, Job>, { timing, projection }: ProjectionCheck): boolean =>
  jobs.has(timing) && jobs.has(projection.job);

const jobsOf = ({ entries, alsoShown }: TablePlan): Set<string> =>
  new Set([...entries, ...alsoShown].flatMap(jobsOfEntry));
