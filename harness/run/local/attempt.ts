/** One attempt under watch: its time limits, its log, and how it is stopped. */
import { statSync } from 'node:fs';
import { runFile } from '../../store/run-folder.js';
import { boundLog } from './bounded-log.js';
import type { Policy } from '../../plan/profile/profile-file.js';
import type { HeldRun } from '../../store/held-run.js';
import type { Attempt, AttemptEnd, JobEnd } from './executor.js';

/** A worker's process. */
export interface WorkerHandle {
  readonly run: HeldRun;
  /** Resolves once nothing of it is left running; never rejects. */
  readonly ended: Promise<JobEnd>;
  cancel(how: 'gracefully' | 'at once'): void;
}

const checkMilliseconds = 500;

/** Seconds by a clock that neither jumps nor is set. */
export const monotonicSeconds = (): number => performance.now() / 1000;

export class WatchedAttempt implements Attempt {
  readonly queued = null;
  readonly #began = monotonicSeconds();
  #killed: AttemptEnd['killed'] = null;
  #stopAsked: number | null = null;
  #lastSign = this.#began;
  #lastSize = -1;
  readonly ended: Promise<AttemptEnd>;

  constructor(
    private readonly handle: WorkerHandle,
    private readonly policy: Policy,
  ) {
    const timer = setInterval(() => {
      this.#check();
    }, checkMilliseconds);
    this.ended = handle.ended.then((end) => {
      clearInterval(timer);
      boundLog(this.#logPath);
      return { end, killed: this.#killed, seconds: monotonicSeconds() - this.#began };
    });
  }

  get run(): HeldRun {
    return this.handle.run;
  }

  stop(how: 'gracefully' | 'at once'): void {
    this.#stopAsked ??= monotonicSeconds();
    this.handle.cancel(how);
  }

  get #logPath(): string {
    return runFile(this.handle.run.folder, 'log');
  }

  #check(): void {
    boundLog(this.#logPath);
    const now = monotonicSeconds();
    const size = sizeOf(runFile(this.handle.run.folder, 'events'));
    if (size !== this.#lastSize) {
      this.#lastSize = size;
      this.#lastSign = now;
    }
    if (this.#stopAsked !== null) {
      if (now - this.#stopAsked > this.policy.graceSeconds) this.handle.cancel('at once');
    } else if (now - this.#began > this.policy.timeoutSeconds) this.#end('timeout');
    else if (now - this.#lastSign > this.policy.silenceSeconds) this.#end('silence');
  }

  #end(why: 'timeout' | 'silence'): void {
    this.#killed = why;
    this.stop('gracefully');
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return -1;
  }
}
