/** Hands out device slots and memory to jobs; a slot is in one job's hands at most. */

export interface Slot {
  /** `gpu-<uuid>` or `core-3`: the same device has the same name in every process of a machine. */
  readonly name: string;
  /** For CUDA_VISIBLE_DEVICES; null on CPU. */
  readonly gpu: string | null;
  /** For affinity; null on a GPU. */
  readonly core: number | null;
}

export interface Want {
  /** 0 of a job that computes on no device of the pool, as trials beside GPUs do. */
  readonly slots: number;
  /** Nothing else may run meanwhile: for timing. */
  readonly alone: boolean;
  /** Estimated peak, bytes. */
  readonly memoryBytes: number;
}

export interface Allocation {
  readonly slots: readonly Slot[];
  readonly alone: boolean;
  readonly memoryBytes: number;
}

/** What hands out room to run: devices of this machine, or places in a cluster's queue. */
export type Room = Pick<Allocator, 'slots' | 'possible' | 'take' | 'reserve' | 'release'>;

export class Allocator {
  readonly #free: Slot[];
  #memoryLeft: number;
  readonly #given = new Set<Allocation>();

  constructor(
    readonly slots: readonly Slot[],
    readonly memoryBytes: number,
    /** At most so many jobs at once. */
    private readonly jobs = Infinity,
    /** At most so many at once that take no slot: each computes on a core of the host. */
    private readonly withoutSlots = Infinity,
  ) {
    this.#free = [...slots];
    this.#memoryLeft = memoryBytes;
  }

  get idle(): boolean {
    return this.#given.size === 0;
  }

  /** Whether the want can ever be met here. */
  possible(want: Want): boolean {
    return want.slots <= this.slots.length;
  }

  /** The lowest free slots, or null while the want cannot be met. */
  take(want: Want): Allocation | null {
    if (!this.#fits(want)) return null;
    return this.#give(this.#free.slice(0, want.slots), want);
  }

  /** Takes slots by name for a worker that runs on them already; names that are not of this pool are left out. */
  reserve(names: readonly string[], want: Omit<Want, 'slots'>): Allocation {
    return this.#give(
      this.#free.filter((slot) => names.includes(slot.name)),
      want,
    );
  }

  release(allocation: Allocation): void {
    if (!this.#given.delete(allocation)) throw new Error('Internal error: released twice');
    this.#memoryLeft += allocation.memoryBytes;
    this.#free.push(...allocation.slots);
    this.#free.sort((a, b) => this.slots.indexOf(a) - this.slots.indexOf(b));
  }

  #fits(want: Want): boolean {
    if (this.idle) return this.possible(want); // more memory than there is: alone, rather than never
    if (this.#given.size >= this.jobs) return false;
    if (want.alone || [...this.#given].some((given) => given.alone)) return false;
    if (want.slots === 0 && [...this.#given].filter(({ slots }) => slots.length === 0).length >= this.withoutSlots)
      return false;
    return want.slots <= this.#free.length && want.memoryBytes <= this.#memoryLeft;
  }

  #give(slots: readonly Slot[], want: Omit<Want, 'slots'>): Allocation {
    const allocation: Allocation = { slots, alone: want.alone, memoryBytes: want.memoryBytes };
    for (const slot of slots) this.#free.splice(this.#free.indexOf(slot), 1);
    this.#memoryLeft -= want.memoryBytes;
    this.#given.add(allocation);
    return allocation;
  }
}
