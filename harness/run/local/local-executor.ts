/** Runs a job's worker as a subprocess of its own process group on this machine. */
import { createWriteStream, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Lease } from '../../store/lease.js';
import { identify, isAlive, type ProcessIdentity } from '../../core/process/process-identity.js';
import { runFile } from '../../store/run-folder.js';
import type { HeldRun } from '../../store/held-run.js';
import { openForAppending } from '../../core/files/open-regular.js';
import { writing } from '../../core/files/write-problem.js';
import type { Allocation } from '../devices/allocator.js';
import { WatchedAttempt, type WorkerHandle } from './attempt.js';
import type { Attempt, Executor, Launch, JobEnd, RecordWorker, Stray } from './executor.js';
import { outOfMemoryKills } from './memory-pressure.js';
import type { Policy } from '../../plan/profile/profile-file.js';
import {
  killProcessesOf,
  leaseVariable,
  signal,
  slotsVariable,
  workerProcesses,
} from '../../core/process/process-group.js';

/**
 * Waits for a line on its standard input before it becomes the worker. The line comes once the worker's pid is in the
 * lease; when the scheduler dies before that, the pipe closes and no worker ever runs.
 */
const gate = 'IFS= read -r _ && exec "$@"';

const pollMilliseconds = 200;

export interface LocalExecutorOptions {
  /** Command of the worker; the run folder is its last argument. */
  readonly worker: readonly string[];
  /** Leave CUDA_VISIBLE_DEVICES as it is: somebody else has handed out the devices. */
  readonly passDevicesOn?: boolean;
  /** Between which a kill is survived; tests stop the process at each. */
  readonly onStep?: (step: 'spawned' | 'opened', id: string) => void;
}

export class LocalExecutor implements Executor {
  readonly name = 'local';
  readonly #taskset = findProgram('taskset');

  constructor(private readonly options: LocalExecutorOptions) {}

  async start(launch: Launch, record: RecordWorker): Promise<Attempt> {
    return new WatchedAttempt(await this.#spawn(launch, record), launch.policy);
  }

  adopt(run: HeldRun, policy: Policy): Attempt {
    return new WatchedAttempt(this.#take(run), policy);
  }

  async #spawn(launch: Launch, record: RecordWorker): Promise<WorkerHandle> {
    const { run, allocation } = launch;
    const cores = launch.pinned ? allocation.slots.flatMap(({ core }) => core ?? []) : [];
    const killsBefore = outOfMemoryKills();
    const path = runFile(run.folder, 'log');
    // The worker gets the file itself and not a pipe, so that it survives its scheduler.
    const log = createWriteStream(path, { fd: writing(path, () => openForAppending(path, { emptied: true })) });
    const pinned = cores.length > 0 && this.#taskset !== undefined ? [this.#taskset, '-c', cores.join(',')] : [];
    const worker = execa('/bin/sh', ['-c', gate, 'worker', ...pinned, ...this.options.worker, run.folder], {
      stdio: ['pipe', log, log],
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
      env: {
        ...(this.options.passDevicesOn === true ? {} : { CUDA_VISIBLE_DEVICES: cardsOf(allocation) }),
        [leaseVariable]: run.lease.token,
        [slotsVariable]: run.lease.slots.join(','),
      },
    });
    log.destroy();
    // The gate may be killed before it reads its line.
    worker.stdin.on('error', () => undefined);
    const pid = worker.pid;
    if (pid === undefined) {
      const { originalMessage } = await worker;
      return { run, ended: Promise.resolve(notStarted(originalMessage ?? 'no process')), cancel: () => undefined };
    }
    this.options.onStep?.('spawned', run.id);
    let recorded: HeldRun;
    try {
      recorded = record({ pid });
    } catch (error) {
      signal(-pid, 'SIGKILL');
      await worker;
      throw error;
    }
    worker.stdin.end('\n');
    this.options.onStep?.('opened', run.id);
    const ended = worker.then(({ exitCode, signal: by }): JobEnd => {
      // Whatever it forked goes with it: a stray process would keep its GPU's memory.
      signal(-pid, 'SIGKILL');
      if (exitCode !== 0) killProcessesOf(run.lease.token);
      const kills = outOfMemoryKills();
      return {
        exitCode: exitCode ?? null,
        signal: by ?? null,
        notStarted: null,
        outOfMemoryKill: killsBefore !== null && kills !== null && kills > killsBefore,
      };
    });
    return {
      run: recorded,
      ended,
      cancel: (how) => {
        if (how === 'gracefully') signal(pid, 'SIGTERM');
        else signal(-pid, 'SIGKILL');
      },
    };
  }

  #take(run: HeldRun): WorkerHandle {
    const worker = run.lease.worker;
    if (!worker) throw new Error('Internal error: adopted a run without a worker');
    // Not our child: its exit code is lost.
    const end = async (): Promise<JobEnd> => {
      await gone(worker);
      killProcessesOf(run.lease.token);
      return { exitCode: null, signal: null, notStarted: null, outOfMemoryKill: false };
    };
    return {
      run,
      ended: end(),
      cancel: (how) => {
        if (!isAlive(worker)) return;
        if (how === 'gracefully') signal(worker.pid, 'SIGTERM');
        else signal(-worker.pid, 'SIGKILL');
      },
    };
  }

  strays(slots: readonly string[], known: ReadonlySet<string>): Stray[] {
    return workerProcesses()
      .filter((found) => !known.has(found.token) && found.slots.some((slot) => slots.includes(slot)))
      .flatMap(({ pid, slots: taken }) => {
        const identity = identify(pid);
        return identity ? [{ name: `process ${pid}`, slots: taken, ended: gone(identity) }] : [];
      });
  }

  endLeftovers(lease: Lease): void {
    killProcessesOf(lease.token);
  }
}

const cardsOf = ({ slots }: Allocation): string => slots.flatMap(({ gpu }) => gpu ?? []).join(',');

/** Of a process that is not our child: it can only be polled. */
async function gone(process: ProcessIdentity): Promise<void> {
  // Whoever waits for it keeps the program alive, or does not.
  while (isAlive(process)) await sleep(pollMilliseconds, undefined, { ref: false });
}

const notStarted = (why: string): JobEnd => ({ exitCode: null, signal: null, notStarted: why, outOfMemoryKill: false });

/** The full path of a program on PATH; undefined when there is none. */
function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
