/**
 * A task of a job, on its node: runs its jobs one after the other as a local scheduler would, each under the lease that was made
 * for it, and closes their books. A lease outlives the job's return to the queue; only a cancellation or an end gives it up.
 * Exit codes: 0 all done; 3 a job failed; 130 stopped before that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Problem } from '../../../core/problem.js';
import type { Failure } from '../../../store/failure.js';
import { lastStep } from '../../../store/last-step.js';
import type { HeldRun, Outcome } from '../../../store/held-run.js';
import { RunStore } from '../../../store/store.js';
import type { Attempt } from '../../local/executor.js';
import { LocalExecutor } from '../../local/local-executor.js';
import { notStarted, outcomeOf } from '../../schedule/outcome.js';
import { stopsAllElse } from '../../schedule/policy.js';
import { checkHardware } from '../queue/hardware-check.js';
import type { Tasks } from './tasks.js';
import { untilThere } from './visible.js';

/**
 * `cancel`: its user gives it up. `come back`: the time limit is near, put it into the queue again. `pause`: Slurm ends it, and
 * may or may not bring it back.
 */
export type Request = 'cancel' | 'come back' | 'pause';

type PlannedRun = Tasks['tasks'][number][number];

const exitCodes = { done: 0, failed: 3, stopped: 130 } as const;

export class TaskRun {
  #request: Request | null = null;
  #attempt: Attempt | null = null;
  /** Set once it is back in the queue. */
  #waitsForItsEnd: AbortController | null = null;
  /** What stopped a job would stop all that are left. */
  #hopeless = false;
  /** Something was done that another start need not do again. */
  #progressed = false;
  readonly #store: RunStore;
  readonly #executor: LocalExecutor;

  constructor(
    private readonly tasks: Tasks,
    private readonly task: number,
    private readonly say: (text: string) => void,
  ) {
    this.#store = new RunStore(tasks.runs, null);
    this.#executor = new LocalExecutor({ passDevicesOn: true, worker: tasks.worker });
  }

  /** The first wish stands, except that a cancellation goes above all. */
  ask(request: Request): void {
    if (request === 'cancel') this.#request = request;
    else this.#request ??= request;
    this.#attempt?.stop('gracefully');
    this.#waitsForItsEnd?.abort();
  }

  async run(): Promise<number> {
    let failed = false;
    for (const planned of this.tasks.tasks[this.task] ?? []) {
      const outcome = await this.#run(planned);
      failed ||= outcome === 'failed';
      this.#progressed ||= outcome === 'done';
      if (this.#hopeless) break;
    }
    if (this.#request === 'come back' && this.#progressed) await this.#comeBack();
    return this.#request !== null ? exitCodes.stopped : failed ? exitCodes.failed : exitCodes.done;
  }

  async #run({ id, token, hardware }: PlannedRun): Promise<Outcome['outcome'] | null> {
    if (this.#store.isDone(id)) return null; // before the job came back
    const run = await this.#leaseOf(id, token);
    if (!run) {
      this.say(`${id}: its lease is gone, so another job runs it or nobody wants it any more`);
      return null;
    }
    if (this.#request === 'cancel') this.#close(run, token, { outcome: 'stopped' }, null);
    if (this.#request !== null) return null;
    return this.#attempted(hardware, run, token);
  }

  async #attempted(hardware: string | null, run: HeldRun, token: string): Promise<Outcome['outcome']> {
    const before = lastStep(run.folder);
    const { policy } = this.tasks;
    // Which devices it may use is Slurm's business, and the lease names this job already.
    const allocation = { slots: [], alone: false, memoryBytes: 0 };
    try {
      await checkHardware(hardware, run.lease.devices);
      this.#attempt = await this.#executor.start(
        { run, hardware, allocation, pinned: false, policy, seconds: 0 },
        () => run,
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const failure: Failure = { ...notStarted(error, run.lease.attempt), kind: 'problem' };
      return this.#close(run, token, { outcome: 'failed', failure }, null);
    }
    if (this.#request !== null) this.#attempt.stop('gracefully');
    const end = await this.#attempt.ended;
    this.#attempt = null;
    const stopping = this.#request !== null;
    const outcome = outcomeOf(run, end, { store: this.#store, policy, stopping });
    this.#progressed ||= lastStep(run.folder) !== before;
    const seconds = process.env['SLURM_RESTART_COUNT'] === undefined ? end.seconds : null;
    if (outcome.outcome === 'done' || outcome.outcome === 'failed' || this.#request === 'cancel')
      return this.#close(run, token, outcome, seconds);
    if (this.#request === 'come back' && !this.#progressed)
      return this.#close(run, token, { outcome: 'failed', failure: outOfTime(run) }, seconds);
    return outcome.outcome;
  }

  /** The lease may have been taken over meanwhile by another scheduler that watches this job. */
  #close(run: HeldRun, token: string, outcome: Outcome, seconds: number | null): Outcome['outcome'] {
    this.#hopeless ||= outcome.outcome === 'failed' && stopsAllElse(outcome.failure.code);
    this.#store.end(this.#current(run.id, token) ?? run, outcome, seconds);
    return outcome.outcome;
  }

  /** The run, once its lease is seen here and names this job; null when it is another's. */
  async #leaseOf(id: string, token: string): Promise<HeldRun | null> {
    await untilThere(() => this.#current(id, token) !== null, this.tasks.visibleSeconds);
    return this.#current(id, token);
  }

  #current(id: string, token: string): HeldRun | null {
    const [newest] = this.#store.leases(id);
    if (newest?.lease.token !== token) return null;
    const { lease } = newest;
    if (lease.job?.name !== this.tasks.name || lease.job.task !== this.task) return null;
    return { id, folder: this.#store.folder(id), lease };
  }

  /** Slurm then ends this process, and starts the job again when there is room. */
  async #comeBack(): Promise<void> {
    const id = process.env['SLURM_JOB_ID'] ?? '';
    this.say(`job ${id} goes back into the queue, and on from its checkpoint`);
    this.#waitsForItsEnd = new AbortController();
    const { signal } = this.#waitsForItsEnd;
    const { failed, stderr } = await execa('scontrol', ['requeue', id], { reject: false });
    if (failed) this.say(`it could not be put back: ${stderr}`);
    // Slurm's own signal to end: its devices are free at once, and not when Slurm loses patience.
    else await sleep(60_000, undefined, { signal }).catch(() => undefined);
  }
}

const outOfTime = ({ lease }: HeldRun): Failure => ({
  kind: 'timeout',
  code: 'TIME_LIMIT',
  message: 'The time limit of its job was over before it had got to anything that lasts',
  hint: 'Give it more time: a larger timeFactor in the site file, or a partition with a longer limit.',
  exitCode: null,
  signal: null,
  logTail: [],
  at: new Date().toISOString(),
  attempt: lease.attempt,
});
