/** Prepares the next batches while the device works on this one. */

/**
 * Wraps `next`: asking for step s also starts steps s + 1 … s + `depth` in the background, so that they are ready when asked
 * for. Steps may be asked for in any order. What is prepared starts only after the caller had its turn, so launching the
 * device's step comes first. `next` must keep `depth` + 2 results valid at a time.
 */
export function prefetch<T>(next: (step: number) => Promise<T>, depth = 1): (step: number) => Promise<T> {
  const ready = new Map<number, Promise<T>>();
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time, in the order asked for. */
  const start = (step: number): Promise<T> => {
    const result = last.then(() => next(step));
    // A failure is told when its step is asked for, or never.
    last = result.catch(() => undefined);
    return result;
  };
  return (step) => {
    const current = ready.get(step) ?? start(step);
    for (const kept of ready.keys()) if (kept <= step || kept > step + depth) ready.delete(kept);
    setImmediate(() => {
      for (let ahead = step + 1; ahead <= step + depth; ahead++) if (!ready.has(ahead)) ready.set(ahead, start(ahead));
    });
    return current;
  };
}
