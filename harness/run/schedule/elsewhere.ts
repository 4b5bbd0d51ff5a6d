/** Cells that other processes work on, asked after now and then. */
import { monotonicSeconds } from '../local/attempt.js';

/** So many are asked after in a second, at most; their folder may be on a file server. */
const perSecond = 20;

export class CellsElsewhere<T extends { readonly cell: { readonly id: string } }> {
  readonly #cells = new Map<string, { readonly entry: T; askAt: number }>();

  get size(): number {
    return this.#cells.size;
  }

  /** When the next is due, by the monotonic clock; Infinity where there is none. */
  get nextAt(): number {
    return Math.min(...[...this.#cells.values()].map(({ askAt }) => askAt));
  }

  add(entry: T): void {
    this.#cells.set(entry.cell.id, { entry, askAt: this.#later() });
  }

  /** Those to be asked after now. */
  due(): T[] {
    const now = monotonicSeconds();
    const due = [...this.#cells.values()].filter(({ askAt }) => askAt <= now);
    for (const cell of due) cell.askAt = this.#later();
    return due.map(({ entry }) => entry);
  }

  delete(entry: T): void {
    this.#cells.delete(entry.cell.id);
  }

  clear(): T[] {
    const entries = [...this.#cells.values()].map(({ entry }) => entry);
    this.#cells.clear();
    return entries;
  }

  #later(): number {
    return monotonicSeconds() + Math.max(1, this.#cells.size / perSecond);
  }
}
