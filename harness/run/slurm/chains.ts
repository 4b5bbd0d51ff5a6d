/** Deals jobs to tasks of Slurm that nobody will follow up: all is submitted at once, in no more tasks than the queue may hold. */

/** In their order, each to the chain that ends first so far; at most `most` chains, none of them empty. */
export function chainsOf<T>(items: readonly T[], most: number, secondsOf: (item: T) => number): T[][] {
  const chains = Array.from({ length: Math.min(items.length, Math.max(1, most)) }, () => ({
    items: [] as T[],
    seconds: 0,
  }));
  for (const item of items) {
    const shortest = chains.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    shortest.items.push(item);
    shortest.seconds += secondsOf(item);
  }
  return chains.map((chain) => chain.items);
}

/** Divides places among groups by their sizes: one each at least, and no more than a group has use for. */
export function placesOf(sizes: readonly number[], places: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => Math.max(1, Math.min(size, Math.floor((size / total) * places))));
}
