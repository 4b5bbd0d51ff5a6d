/** Hands jobs to sbatch: each submission a folder with its tasks, its script and what Slurm itself has to say. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/make-folder.js';
import { writing } from '../../core/files/write-problem.js';
import { QueueFull, SlurmAway, type SlurmCommands } from './commands.js';
import type { JobTable } from './queue/job-table.js';
import { sbatchArguments, type Demand } from './request.js';
import type { ClusterSite } from './site-file.js';
import { programScript, writeScript } from './script.js';
import { tasksFile, type Tasks } from './node/tasks.js';

/** A name that no other job has; see `jobNamePattern`. */
export const newJobName = (): string => `reproduce-${randomBytes(6).toString('hex')}`;

const longestWait = 300;

export class Submissions {
  /** One after the other: a controller is asked for one thing at a time. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly commands: SlurmCommands,
    private readonly table: JobTable,
    private readonly site: ClusterSite,
    /** `reports/slurm` */
    private readonly root: string,
    private readonly warn: (message: string) => void,
  ) {}

  /**
   * Resolves once Slurm has accepted the job. While the controller is away, or takes no more jobs of this user, it waits; and
   * after an sbatch of which nobody knows whether it was heard, the queue is asked for the job's name before it is tried again.
   * @throws Problem SLURM_REFUSED, SLURM_MISSING, DISK_FULL, NOT_WRITABLE; the reason of `signal` once it is aborted
   */
  submit(tasks: Tasks, demand: Demand, signal: AbortSignal): Promise<void> {
    const submitted = this.#last.then(() => this.#submit(tasks, demand, signal));
    this.#last = submitted.catch(() => undefined);
    return submitted;
  }

  async #submit(tasks: Tasks, demand: Demand, signal: AbortSignal): Promise<void> {
    const { name, policy } = tasks;
    const folder = join(this.root, name);
    makeFolder(folder);
    writing(folder, () => {
      writeAtomically(join(folder, tasksFile), `${JSON.stringify(tasks, null, 1)}\n`);
    });
    const script = writeScript(join(folder, 'job.sh'), programScript('job', [folder], this.site));
    const submission = { name, folder, script, tasks: tasks.tasks.length, demand, graceSeconds: policy.graceSeconds };
    const options = sbatchArguments(submission, this.site);
    let uncertain = false;
    for (let pause = this.site.pollSeconds; ; pause = Math.min(longestWait, pause * 2)) {
      signal.throwIfAborted();
      try {
        if (uncertain) {
          await this.table.refresh();
          if (this.table.find({ name, task: 0 }) !== 'missing') return;
        }
        await this.commands.run('sbatch', options);
        return;
      } catch (error) {
        if (error instanceof SlurmAway) uncertain = true;
        else if (!(error instanceof QueueFull)) throw error;
        this.warn(`Slurm did not take a job (${error.message.split('\n')[0] ?? ''}): it is tried again`);
      }
      await sleep(pause * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}
