/** Which waiting job starts next: the plan's order, except that a job that fits may pass one that does not, a few times. */
import type { Allocation, Room, Want } from '../devices/allocator.js';

/** How often a job may be passed by later ones before everything waits for it: a wide job must not starve. */
export const patience = 8;

export class WaitingJobs<T extends { readonly want: Want }> {
  readonly #waiting: { readonly entry: T; passed: number }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  get entries(): readonly T[] {
    return this.#waiting.map(({ entry }) => entry);
  }

  push(entry: T): void {
    this.#waiting.push({ entry, passed: 0 });
  }

  /** Back at its place in front: for a retry. */
  pushFront(entry: T): void {
    this.#waiting.unshift({ entry, passed: 0 });
  }

  clear(): T[] {
    return this.#waiting.splice(0).map(({ entry }) => entry);
  }

  /** Takes the next entry and its slots; null when none can start now. `ready` says which may start at all (backoff). */
  next(room: Room, ready: (entry: T) => boolean): { entry: T; allocation: Allocation } | null {
    for (const [index, candidate] of this.#waiting.entries()) {
      if (!ready(candidate.entry)) continue;
      const allocation = room.take(candidate.entry.want);
      if (allocation) {
        this.#waiting.splice(index, 1);
        for (const passed of this.#waiting.slice(0, index)) passed.passed++;
        return { entry: candidate.entry, allocation };
      }
      if (candidate.passed >= patience) return null;
    }
    return null;
  }
}
