/**
 * What runs on the node: `node job.js <folder of the submission>`, in a task of the array. Runs the cells of its task one after
 * the other as a local scheduler would, each under the lease that was made for it, and closes their books.
 * Exit codes: 0 all done; 3 a cell failed; 130 stopped on request; 1 it could not begin.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { readCell } from '../../result/read-cell.js';
import { hasResult } from '../../result/state.js';
import { RunStore, type HeldRun, type Outcome } from '../../result/store.js';
import type { Attempt } from '../executor.js';
import { LocalExecutor } from '../local-executor.js';
import { outcomeOf } from '../outcome.js';
import { tasksFile, tasksSchema, type Tasks } from './tasks.js';

type Request = 'stop' | 'requeue';

class TaskRun {
  #request: Request | null = null;
  #attempt: Attempt | null = null;
  readonly #store: RunStore;
  readonly #executor: LocalExecutor;

  constructor(
    private readonly tasks: Tasks,
    private readonly task: number,
  ) {
    this.#store = new RunStore(tasks.runs);
    this.#executor = new LocalExecutor({ passDevicesOn: true, ...(tasks.worker ? { worker: tasks.worker } : {}) });
  }

  ask(request: Request): void {
    // A wish to stop is not undone by the end of the time limit.
    if (this.#request !== 'stop') this.#request = request;
    this.#attempt?.stop('gracefully');
  }

  async run(): Promise<number> {
    let failed = false;
    for (const { id, token } of this.tasks.tasks[this.task] ?? []) {
      if (this.#request !== null) break;
      const outcome = await this.#runCell(id, token);
      failed ||= outcome === 'failed';
    }
    if (this.#request === 'requeue') return this.#requeue();
    return this.#request === 'stop' ? 130 : failed ? 3 : 0;
  }

  async #runCell(id: string, token: string): Promise<Outcome['outcome']> {
    if (hasResult(this.#store.folder(id))) return 'done';
    const run = await this.#leaseOf(id, token);
    if (!run) {
      say(`${id}: its lease is gone, so somebody else runs it or nobody wants it any more`);
      return 'stopped';
    }
    const cell = readCell(run.folder);
    if (!cell) throw new Error(`${run.folder}/cell.json cannot be read on this node`);
    const allocation = { slots: [], alone: false, memoryBytes: 0 };
    const { policy } = this.tasks;
    // The lease names this job already.
    const job = { run, cell, allocation, pinned: false, policy, seconds: 0 };
    this.#attempt = await this.#executor.start(job, () => run);
    if (this.#request !== null) this.#attempt.stop('gracefully');
    const end = await this.#attempt.ended;
    this.#attempt = null;
    const outcome = outcomeOf(run, end, { store: this.#store, policy, stopping: this.#request !== null });
    // A job that comes back goes on under the same lease.
    if (outcome.outcome === 'done' || this.#request !== 'requeue')
      this.#store.end(this.#current(id, token) ?? run, outcome, end.seconds);
    return outcome.outcome;
  }

  /** The run, once its lease is seen here and names this job; null when it is another's. */
  async #leaseOf(id: string, token: string): Promise<HeldRun | null> {
    const pause = 0.2;
    for (let waited = 0; ; waited += pause) {
      const run = this.#current(id, token);
      if (run || waited >= this.tasks.visibleSeconds) return run;
      await sleep(pause * 1000);
    }
  }

  #current(id: string, token: string): HeldRun | null {
    const { name } = this.tasks;
    const [newest] = this.#store.leases(id);
    if (newest?.lease.token !== token) return null;
    const { lease } = newest;
    if (lease.job?.name !== name || lease.job.task !== this.task) return null;
    return { id, folder: this.#store.folder(id), lease };
  }

  /** Slurm then ends this process, and starts the job again when there is room. */
  async #requeue(): Promise<number> {
    const id = process.env['SLURM_JOB_ID'] ?? '';
    say(`job ${id} goes back into the queue and on from its checkpoint`);
    const { failed, stderr } = await execa('scontrol', ['requeue', id], { reject: false });
    if (!failed) await sleep(60_000);
    say(`it could not be put back: ${stderr}`);
    return 130;
  }
}

const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${text}\n`);

const folder = process.argv[2] ?? '';
const tasks = tasksSchema.parse(JSON.parse(readFileSync(join(folder, tasksFile), 'utf8')));
const run = new TaskRun(tasks, Number(process.env['SLURM_ARRAY_TASK_ID']));
// USR1 comes ahead of the time limit, TERM from `scancel` and from whoever preempts.
process.on('SIGUSR1', () => {
  run.ask('requeue');
});
process.on('SIGTERM', () => {
  run.ask('stop');
});
process.exit(await run.run());
