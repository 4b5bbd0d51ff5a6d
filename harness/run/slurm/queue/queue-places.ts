/** Places in a cluster's queue, in place of devices: the cluster hands out devices itself. */
import type { Allocation, Room, Slot, Want } from '../../devices/allocator.js';

export class QueuePlaces implements Room {
  readonly #given = new Set<Allocation>();

  constructor(
    /** Devices of one node; a job gets the first so many of whatever node it comes to. */
    readonly slots: readonly Slot[],
    /** Jobs in the queue at once. */
    private readonly places: number,
  ) {}

  possible(want: Want): boolean {
    return want.slots <= this.slots.length;
  }

  take(want: Want): Allocation | null {
    if (this.#given.size >= this.places || !this.possible(want)) return null;
    return this.#give(want.slots, want);
  }

  /** For a job that is in the queue already, even where there are more of them than places. */
  reserve(names: readonly string[], want: Omit<Want, 'slots'>): Allocation {
    return this.#give(names.length, want);
  }

  release(allocation: Allocation): void {
    if (!this.#given.delete(allocation)) throw new Error('Internal error: released twice');
  }

  #give(count: number, { alone, memoryBytes }: Omit<Want, 'slots'>): Allocation {
    const allocation = { slots: this.slots.slice(0, count), alone, memoryBytes };
    this.#given.add(allocation);
    return allocation;
  }
}

/** Devices without names: which ones they are is the cluster's business. */
export const anonymousSlots = (count: number): Slot[] =>
  Array.from({ length: count }, (_, index) => ({ name: `any-${index}`, gpu: null, core: null }));
