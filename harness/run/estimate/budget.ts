/** What fits into some hours: whole blocks of rows, the most telling for their time first, with a schedule as long as there is room for. */
import { Problem } from '../../core/problem.js';
import { kindOf, type Job } from '../../kinds/index.js';
import { jobsOfEntry, type ExperimentPlan, type PlannedEntry, type TablePlan } from '../../plan/plan.js';
import { makespan, type SecondsOf } from './estimate.js';

/** Rows that are compared with one another on a data set, under one protocol: they say something together. */
export interface Block {
  /** Table, protocol, data set, and the rows as tables show them. */
  readonly title: string;
  readonly jobs: readonly Job[];
  /** Places that it gives a number to. */
  readonly places: number;
}

export interface BudgetChoice {
  readonly plan: ExperimentPlan;
  /** Those of the chosen blocks, block after block. */
  readonly jobs: readonly Job[];
  /** Part of the published steps, 0 … 1. */
  readonly schedule: number;
  readonly chosen: readonly Block[];
  readonly leftOut: readonly Block[];
  /** Of what is chosen and not done, by estimate. */
  readonly seconds: number;
}

export interface BudgetRequest {
  readonly seconds: number;
  /** The paper's plan with this part of its steps, at one seed. */
  readonly planAt: (schedule: number) => ExperimentPlan;
  /** Whether anything of a job is there. */
  readonly isBegun: (id: string) => boolean;
  /** What is still to do of a job, 0 … 1. */
  readonly left: (job: Job) => number;
  readonly secondsOf: SecondsOf;
  readonly sideBySide: number;
}

/** Halves: 1/256 of 80,000 steps are 313. */
export const schedules: readonly number[] = Array.from({ length: 9 }, (_, halvings) => 2 ** -halvings);

/** The rest goes by while the program starts and writes the reports. */
const usable = 0.95;

const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** `2h`, `90m`, `1h30m` to seconds. @throws Problem BUDGET_INVALID */
export function parseBudget(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([dhms])\s*/g)];
  const seconds = parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (units[unit] ?? NaN), 0);
  if (parts.map(([whole]) => whole).join('') === text.trim() && seconds > 0) return seconds;
  throw new Problem('BUDGET_INVALID', `"${text}" is not a time`, 'Write it as 2h, 90m, 1h30m or 3d.');
}

/**
 * The longest schedule with which the first block fits, and then as many blocks as fit with it. Where trainings of one schedule
 * have begun, that one goes on, so that what is there is added to.
 * @throws Problem BUDGET_TOO_SMALL
 */
export function chooseBlocks(request: BudgetRequest): BudgetChoice {
  let shortest: BudgetChoice | undefined;
  const isTraining = (job: Job): boolean => kindOf(job).repeats(job) !== null;
  const begun = schedules.find((schedule) =>
    request.planAt(schedule).jobs.some((job) => isTraining(job) && request.isBegun(job.id)),
  );
  for (const schedule of begun === undefined ? schedules : [begun, ...schedules]) {
    const choice = blocksAt(schedule, request);
    shortest = choice;
    if (choice.chosen.length > 0 || choice.leftOut.length === 0) return choice;
  }
  const first = shortest?.leftOut[0];
  if (shortest === undefined || first === undefined) throw new Error('Internal error: no schedule to choose from');
  const needed = secondsFor(first.jobs, request) / usable;
  throw new Problem(
    'BUDGET_TOO_SMALL',
    `The first block (${first.title}) takes about ${Math.ceil(needed / 60)} minutes with 1/${1 / shortest.schedule} of the steps`,
    `Give it more time (--budget ${Math.ceil(needed / 60)}m), or use --profile quick.`,
  );
}

function blocksAt(schedule: number, request: BudgetRequest): BudgetChoice {
  const plan = request.planAt(schedule);
  const jobs = new Map(plan.jobs.map((job) => [job.id, job]));
  const blocks = inOrder(
    plan.tables.flatMap((table) => blocksOf(table, jobs)),
    request,
  );
  const chosen: Block[] = [];
  const taken = new Map<string, Job>();
  for (const block of blocks) {
    const all = [...taken.values(), ...block.jobs.filter(({ id }) => !taken.has(id))];
    if (secondsFor(all, request) > usable * request.seconds) break;
    chosen.push(block);
    for (const job of block.jobs) taken.set(job.id, job);
  }
  return {
    ...{ plan, schedule, chosen, leftOut: blocks.slice(chosen.length), jobs: [...taken.values()] },
    seconds: secondsFor([...taken.values()], request),
  };
}

/** Seconds until all are done. */
function secondsFor(jobs: readonly Job[], { left, secondsOf, sideBySide }: BudgetRequest): number {
  return makespan(jobs, (job) => left(job) * secondsOf(job), sideBySide);
}

/** By protocol as the profile has them, then by places an hour; what was begun stays in front. */
function inOrder(blocks: readonly ProtocolBlock[], request: BudgetRequest): Block[] {
  const worth = new Map(blocks.map((block) => [block, block.places / Math.max(1, secondsFor(block.jobs, request))]));
  const begun = (block: Block): number => (block.jobs.some(({ id }) => request.isBegun(id)) ? 0 : 1);
  return [...blocks].sort(
    (a, b) => begun(a) - begun(b) || a.protocol - b.protocol || (worth.get(b) ?? 0) - (worth.get(a) ?? 0),
  );
}

interface ProtocolBlock extends Block {
  /** Its position among those of the table. */
  readonly protocol: number;
}

function blocksOf(table: TablePlan, jobs: ReadonlyMap<string, Job>): ProtocolBlock[] {
  const found = new Map<string, PlannedEntry[]>();
  for (const entry of [...table.entries, ...table.alsoShown]) {
    const key = [entry.dataset, baselineOf(entry, jobs), entry.protocol].join(' | ');
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return [...found.values()].flatMap((entries) => {
    const own = [...new Set(entries.flatMap(jobsOfEntry))].flatMap((id) => jobs.get(id) ?? []);
    const [first] = entries;
    if (own.length === 0 || first === undefined) return [];
    const labels = [...new Set(entries.map(({ label }) => label))].join(', ');
    const on = first.dataset === null ? '' : ` on ${first.dataset}`;
    return {
      title: `${table.id}, ${first.protocol}${on}: ${labels}`,
      jobs: own,
      places: entries.reduce((sum, { error, timing, trials, projection }) => {
        const given = [!error.skipped, !timing.skipped || projection?.skipped === false, !trials.skipped];
        return sum + given.filter(Boolean).length;
      }, 0),
      protocol: table.protocols.indexOf(first.protocol),
    };
  });
}

/** What a row's speed-up refers to; itself where it is what others refer to. */
function baselineOf({ timing, projection, printed }: PlannedEntry, jobs: ReadonlyMap<string, Job>): string {
  if (projection?.skipped === false) return projection.baseline.network.key;
  const job = timing.skipped ? undefined : jobs.get(timing.job);
  if (job?.kind === 'timing') return job.rows[0]?.network.key ?? '';
  return printed?.key ?? '';
}
