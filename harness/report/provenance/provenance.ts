/** Where the numbers come from: command, code, options, data, machines, time and energy. */
import {
  analysis as analysisKind,
  training as trainingKind,
  trials as trialsKind,
  type AnalysisJob,
  type Job,
  type TrainingJob,
} from '../../kinds/index.js';
import type { Training } from '../../kinds/training/job.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { Environment } from '../../store/environment.js';
import type { Outcome } from '../measured/measurements.js';
import { reductionText } from '../words.js';

/** How a report came to be written; given by the command. */
export interface Occasion {
  readonly command: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly gitCommit: string | null;
  readonly gitDirty: boolean | null;
  /** Every option of the command with its value, defaults included. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  /** The machine as it was found: OS, CPU, memory, GPUs, driver. */
  readonly machine: Readonly<Record<string, string | number | null>>;
}

export interface Provenance extends Occasion {
  readonly profile: ExperimentPlan['profile'];
  /** The newest among the results; null: nothing has run. */
  readonly numericsVersion: number | null;
  readonly protocols: readonly Protocol[];
  readonly seeds: readonly number[];
  readonly data: readonly {
    readonly dataset: string;
    readonly checksum: string;
    /** Null: all there are. */
    readonly trainImages: number | null;
  }[];
  /** What ran the jobs, each different one once. */
  readonly environments: readonly { readonly jobs: number; readonly environment: Environment }[];
  readonly training: readonly { readonly settings: string; readonly jobs: number }[];
  readonly shrunk: readonly string[];
  readonly jobs: { readonly planned: number; readonly finished: number; readonly failed: number };
  /** Over all finished jobs and their attempts. */
  readonly wallSeconds: number;
  /** Null where no job could tell. */
  readonly energyJoules: number | null;
}

const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
];

function countBy(items: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts];
}

function shrunkOf(plan: ExperimentPlan): string[] {
  const lists = plan.tables.flatMap(({ entries, alsoShown }) =>
    [...entries, ...alsoShown].flatMap(({ error, timing, analysis }) => [
      ...(error.skipped ? [] : error.shrunk.map((item) => `errors: ${reductionText(item)}`)),
      ...(analysis.skipped ? [] : analysis.shrunk.map((item) => `analyses: ${reductionText(item)}`)),
      ...(timing.skipped ? [] : timing.shrunk.map((item) => `step times: ${reductionText(item)}`)),
    ]),
  );
  return [...new Set(lists)];
}

/** Everything but the seed, in one line: `steps 600, batch 64, …`. */
const settingsOf = (training: Training): string =>
  Object.entries(training)
    .filter(([name]) => name !== 'seed')
    .map(([name, value]) => `${name} ${settingText(value)}`)
    .join(', ');

const settingText = (value: unknown): string => (Array.isArray(value) ? value.join('/') : JSON.stringify(value));

const hasTraining = (job: Job): job is TrainingJob | AnalysisJob => trainingKind.is(job) || analysisKind.is(job);

/** Nothing of jobs that draw no numbers that decide. */
function seedOf(job: Job): number | [] {
  if (hasTraining(job)) return job.training.seed;
  return trialsKind.is(job) ? job.seed : [];
}

export function provenanceOf(
  plan: ExperimentPlan,
  outcomes: ReadonlyMap<string, Outcome>,
  occasion: Occasion,
): Provenance {
  const planned = plan.jobs.flatMap((job) => outcomes.get(job.id) ?? []);
  const results = planned.flatMap(({ result }) => (result ? [result] : []));
  const trainingJobs = plan.jobs.filter(hasTraining);
  const environments = countBy(results.map(({ environment }) => JSON.stringify(environment)));
  const energies = results.flatMap(({ energyJoules }) => (energyJoules === null ? [] : [energyJoules]));
  return {
    ...occasion,
    profile: plan.profile,
    numericsVersion: results.length === 0 ? null : Math.max(...results.map((result) => result.numericsVersion)),
    protocols: uniqueBy(
      plan.jobs.map(({ protocol }) => protocol),
      ({ name }) => name,
    ),
    seeds: [...new Set(plan.jobs.flatMap(seedOf))].sort((a, b) => a - b),
    data: uniqueBy(
      trainingJobs.map(({ dataset, dataChecksum, trainImages }) => ({ dataset, checksum: dataChecksum, trainImages })),
      (item) => JSON.stringify(item),
    ),
    environments: environments.map(([text, jobs]) => ({ jobs, environment: JSON.parse(text) as Environment })),
    training: countBy(trainingJobs.map(({ training }) => settingsOf(training))).map(([settings, jobs]) => ({
      settings,
      jobs,
    })),
    shrunk: shrunkOf(plan),
    jobs: {
      planned: plan.jobs.length,
      finished: results.length,
      failed: planned.filter(({ result, failure }) => !result && failure).length,
    },
    wallSeconds: results.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
    energyJoules: energies.length === 0 ? null : energies.reduce((sum, joules) => sum + joules, 0),
  };
}
