/** A binary heap of numbered events, earliest first; among equal times the smaller number first, so that runs repeat. */
export class EventQueue {
  readonly #times: number[] = [];
  readonly #events: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** Time of the next event; Infinity when there is none. */
  get time(): number {
    return this.#times[0] ?? Infinity;
  }

  push(time: number, event: number): void {
    let at = this.#times.length;
    this.#times.push(time);
    this.#events.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(time, event, parent)) break;
      this.#place(at, this.#times[parent] ?? 0, this.#events[parent] ?? 0);
      at = parent;
    }
    this.#place(at, time, event);
  }

  /** Removes and returns the next event. @throws RangeError when there is none. */
  pop(): number {
    const first = this.#events[0];
    const time = this.#times.pop();
    const event = this.#events.pop();
    if (first === undefined || time === undefined || event === undefined)
      throw new RangeError('Internal error: no event');
    const count = this.#times.length;
    if (count === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#before(this.#times[child + 1] ?? 0, this.#events[child + 1] ?? 0, child))
        child += 1;
      if (this.#before(time, event, child)) break;
      this.#place(at, this.#times[child] ?? 0, this.#events[child] ?? 0);
      at = child;
    }
    this.#place(at, time, event);
    return first;
  }

  #before(time: number, event: number, slot: number): boolean {
    const other = this.#times[slot] ?? 0;
    return time < other || (time === other && event < (this.#events[slot] ?? 0));
  }

  #place(slot: number, time: number, event: number): void {
    this.#times[slot] = time;
    this.#events[slot] = event;
  }
}
