/** Jobs that other processes work on, asked after now and then. */
import { monotonicSeconds } from '../local/attempt.js';

/** So many are asked after in a second, at most; their folder may be on a file server. */
const perSecond = 20;

export class JobsElsewhere<T extends { readonly job: { readonly id: string } }> {
  readonly #jobs = new Map<string, { readonly entry: T; askAt: number }>();

  get size(): number {
    return this.#jobs.size;
  }

  /** When the next is due, by the monotonic clock; Infinity where there is none. */
  get nextAt(): number {
    return Math.min(...[...this.#jobs.values()].map(({ askAt }) => askAt));
  }

  add(entry: T): void {
    this.#jobs.set(entry.job.id, { entry, askAt: this.#later() });
  }

  /** Those to be asked after now. */
  due(): T[] {
    const now = monotonicSeconds();
    const due = [...this.#jobs.values()].filter(({ askAt }) => askAt <= now);
    for (const job of due) job.askAt = this.#later();
    return due.map(({ entry }) => entry);
  }

  delete(entry: T): void {
    this.#jobs.delete(entry.job.id);
  }

  clear(): T[] {
    const entries = [...this.#jobs.values()].map(({ entry }) => entry);
    this.#jobs.clear();
    return entries;
  }

  #later(): number {
    return monotonicSeconds() + Math.max(1, this.#jobs.size / perSecond);
  }
}
