/** Runs jobs through Slurm’s queue: alike ones that start together become one array. */
import { Problem } from '../../core/problem.js';
import type { Lease, QueueJob } from '../../store/lease.js';
import type { HeldRun } from '../../store/held-run.js';
import { monotonicSeconds } from '../local/attempt.js';
import type { Attempt, AttemptEnd, Executor, Launch, RecordWorker, Stray } from '../local/executor.js';
import { killProcessesOf } from '../../core/process/process-group.js';
import { cancelJobs } from './cancel.js';
import { untilVisible } from './node/visible.js';
import type { SlurmCommands } from './commands.js';
import type { JobTable } from './queue/job-table.js';
import { isRunning, type QueuedJob } from './queue/queue-answer.js';
import { demandOf, type Demand } from './request.js';
import type { ClusterSite } from './site-file.js';
import { newJobName, Submissions } from './submissions.js';
import { jobEndOf, obstacleOf } from './queue/verdict.js';

export interface SlurmExecutorOptions {
  readonly commands: SlurmCommands;
  readonly table: JobTable;
  readonly site: ClusterSite;
  readonly kind: 'cpu' | 'gpu';
  /** `reports/runs` and `reports/slurm`. */
  readonly folders: { readonly runs: string; readonly slurm: string };
  /** Command of a worker. */
  readonly worker: readonly string[];
}

/** Slurm's MaxArraySize is 1001 where nobody changed it. */
export const largestArray = 500;

const secondsOf = (launches: readonly Launch[]): number => launches.reduce((sum, { seconds }) => sum + seconds, 0);

/** The worker's command on a compute node, where Node.js may be another. */
const onNode = ([program = '', ...args]: readonly string[], { node = program }: ClusterSite): string[] => [
  program === process.execPath ? node : program,
  ...args,
];

/** Jobs that are started in one go and ask for the same: one array. */
interface Group {
  readonly name: string;
  readonly demand: Demand;
  readonly launches: Launch[];
  readonly submitted: Promise<void>;
}

export class SlurmExecutor implements Executor {
  readonly name = 'slurm';
  readonly #groups = new Map<string, Group>();
  readonly #submissions: Submissions;
  /** Ends what waits for Slurm to take it. */
  readonly #abandon = new AbortController();
  #warn: (message: string) => void = () => undefined;
  /** Said once for each job and reason. */
  readonly #said = new Set<string>();
  readonly #stopping = new Set<QueueJob>();

  constructor(private readonly options: SlurmExecutorOptions) {
    const { commands, table, site, folders } = options;
    this.#submissions = new Submissions(commands, table, site, folders.slurm, (message) => {
      this.#sayOnce(message);
    });
  }

  onTrouble(warn: (message: string) => void): void {
    this.#warn = warn;
    this.options.table.onTrouble(warn);
  }

  async start(launch: Launch, record: RecordWorker): Promise<Attempt> {
    const group = this.#groupOf(this.demandOf([launch]));
    const task = group.launches.length;
    // Written down before Slurm hears of it: the name finds the job, whatever happens to this process.
    const run = record({ job: { name: group.name, task } });
    group.launches.push({ ...launch, run });
    await group.submitted;
    return this.#follow(run, { name: group.name, task });
  }

  /** What jobs that run one after the other in one task ask of Slurm. */
  demandOf(launches: readonly Pick<Launch, 'allocation' | 'seconds' | 'policy'>[]): Demand {
    const { kind, site } = this.options;
    const jobs = launches.map(({ allocation, seconds, policy }) => ({
      allocation,
      seconds,
      timeoutSeconds: policy.timeoutSeconds,
    }));
    return demandOf(kind, jobs, site);
  }

  /** Submits one array whose tasks run several jobs each, and waits for none of them. */
  async submitChains(
    chains: readonly (readonly Launch[])[],
    record: (run: HeldRun, job: QueueJob) => HeldRun,
  ): Promise<{ readonly name: string; readonly runs: readonly HeldRun[] }> {
    const name = newJobName();
    const recorded = chains.map((launches, task) =>
      launches.map((launch) => ({ ...launch, run: record(launch.run, { name, task }) })),
    );
    const longest = recorded.reduce((a, b) => (secondsOf(b) > secondsOf(a) ? b : a), []);
    await this.#submit(name, recorded, this.demandOf(longest));
    return { name, runs: recorded.flat().map(({ run }) => run) };
  }

  adopt(run: HeldRun): Attempt {
    if (run.lease.job === null) throw new Error('Internal error: adopted a run without a job');
    return this.#follow(run, run.lease.job);
  }

  giveUpStarting(): void {
    this.#abandon.abort(
      new Problem('NOT_SUBMITTED', 'It was stopped before Slurm had taken the job', 'The same command goes on.'),
    );
  }

  /** The job of a dead lease has ended, or was never accepted; a worker of this machine may have left something. */
  endLeftovers(lease: Lease): void {
    if (lease.job === null) killProcessesOf(lease.token);
  }

  /** Slurm keeps its jobs apart. */
  strays(): Stray[] {
    return [];
  }

  #groupOf(demand: Demand): Group {
    const key = JSON.stringify(demand);
    const open = this.#groups.get(key);
    if (open && open.launches.length < largestArray) return open;
    const launches: Launch[] = [];
    const name = newJobName();
    const submitted = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (this.#groups.get(key)?.name === name) this.#groups.delete(key);
      return this.#submit(
        name,
        launches.map((launch) => [launch]),
        demand,
      );
    });
    const group = { name, demand, launches, submitted };
    this.#groups.set(key, group);
    return group;
  }

  async #submit(name: string, tasks: readonly (readonly Launch[])[], demand: Demand): Promise<void> {
    const policy = tasks[0]?.[0]?.policy;
    if (!policy) return;
    const { site, folders, worker } = this.options;
    await this.#submissions.submit(
      {
        name,
        runs: folders.runs,
        worker: onNode(worker, site),
        visibleSeconds: site.visibleSeconds,
        policy: { ...policy },
        tasks: tasks.map((launches) =>
          launches.map(({ run, hardware }) => ({ id: run.id, token: run.lease.token, hardware })),
        ),
      },
      demand,
      this.#abandon.signal,
    );
  }

  #follow(run: HeldRun, job: QueueJob): Attempt {
    const { table, site } = this.options;
    let ran: number | null = null;
    let start: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (start = resolve));
    const onChange = (seen: QueuedJob) => {
      if (isRunning(seen)) ran ??= monotonicSeconds();
      if (ran !== null) start();
      const obstacle = obstacleOf(seen);
      if (obstacle !== null) this.#sayOnce(obstacle);
    };
    const ended = table.ended(job, onChange).then(async (last): Promise<AttemptEnd> => {
      const end = jobEndOf(last);
      await untilVisible(run.folder, end.exitCode, site.visibleSeconds);
      return { end, killed: null, seconds: ran === null ? 0 : monotonicSeconds() - ran };
    });
    return {
      run,
      queued: { name: job.name, over },
      ended,
      stop: (how) => {
        this.#stop(job, how);
      },
    };
  }

  #stop(job: QueueJob, how: 'gracefully' | 'at once'): void {
    // One scancel for all that are stopped in one go.
    const { commands, table } = this.options;
    if (this.#stopping.size === 0)
      setImmediate(() => {
        const launches = [...this.#stopping];
        this.#stopping.clear();
        cancelJobs(launches, how, commands, table).catch((error: unknown) => {
          this.#warn(`Jobs could not be cancelled: ${error instanceof Error ? error.message : String(error)}`);
        });
      });
    this.#stopping.add(job);
  }

  #sayOnce(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#warn(message);
  }
}
