/** A few real steps of each kind of network before days of training, so that their estimate rests on this device. */
import { median } from 'simple-statistics';
import { jobId } from '../../kinds/identity.js';
import { kindOf, timing, type Job, type TimingJob } from '../../kinds/index.js';
import { timingHardware, type Machine } from '../../plan/machine.js';
import type { Network } from '../../plan/paper/network.js';
import type { Paper } from '../../plan/paper/paper.js';
import { jobsOfEntry, type TablePlan } from '../../plan/plan.js';
import type { RunStore } from '../../store/store.js';
import { scaleKey, type MeasuredStep, type SecondsOf } from './estimate.js';

/** The model scales well between networks with the same layers: they get one job, which later calls reuse. */
export function calibrationJobs(paper: Paper, jobs: readonly Job[], machine: Machine): TimingJob[] {
  const found = new Map<string, TimingJob>();
  for (const job of jobs) {
    const repeated = kindOf(job).repeats(job);
    if (repeated === null) continue;
    const key = scaleKey(repeated.network);
    if (!found.has(key)) found.set(key, calibrationJob(paper, repeated, job, machine));
  }
  return [...found.values()];
}

function calibrationJob(
  paper: Paper,
  { network: full, batch }: { readonly network: Network; readonly batch: number },
  { protocol }: Job,
  machine: Machine,
): TimingJob {
  const network = full.shortened(2);
  const job = {
    kind: 'timing',
    paper: paper.id,
    title: `Steps of ${network.label} for an estimate, ${protocol.name}, batch ${batch}`,
    rows: [{ row: network.label, network, layout: network.defaultLayout(1, protocol) }],
    protocol,
    batch,
    warmup: 2,
    rounds: 1,
    stepsPerRound: 5,
    // As in training.
    inputPipeline: true,
    devices: 1,
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...job, id: jobId(paper, job) };
}

/** What those of the jobs that are done measured. */
export function measuredSteps(jobs: readonly TimingJob[], store: RunStore): MeasuredStep[] {
  return jobs.flatMap(({ id, rows: [row], batch, protocol: options }) => {
    const result = store.isDone(id) ? store.resultOf(timing, id) : null;
    const milliseconds = result?.rows[0]?.milliseconds;
    if (row === undefined || milliseconds === undefined || milliseconds.length === 0) return [];
    return [{ network: row.network, options, batch, seconds: median([...milliseconds]) / 1000 }];
  });
}

/** Device hours of the jobs that are still to run, by table: a shared job counts for the first that shows it. */
export function hoursByTable(
  tables: readonly TablePlan[],
  jobs: readonly Job[],
  secondsOf: SecondsOf,
): { readonly table: string; readonly hours: number }[] {
  const left = new Map(jobs.map((job) => [job.id, job]));
  return tables.map(({ id: table, entries, alsoShown }) => {
    let seconds = 0;
    const take = (id: string): void => {
      const job = left.get(id);
      if (job === undefined) return;
      left.delete(id);
      seconds += secondsOf(job) * kindOf(job).devices(job);
    };
    [...entries, ...alsoShown].flatMap(jobsOfEntry).forEach(take);
    return { table, hours: seconds / 3600 };
  });
}
