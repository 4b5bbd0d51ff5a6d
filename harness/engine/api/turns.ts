/** Calls of an engine, one after the other in the order in which they were made: what one changes, the next sees. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs at once where nothing else does. */
  async take<T>(run: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const idle = this.#waiting === 0;
    this.#waiting += 1;
    const mine = idle ? run() : before.then(run);
    this.#last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#waiting -= 1;
    }
  }
}
