/** Cuts a chain into stages of as equal work as its order allows. */

/**
 * Units of each stage, so that the stage with the most work has the least that any cut gives; among equal cuts the earlier
 * stages have more. Work is in any unit, one entry a unit of the chain.
 */
export function balancedStages(work: readonly number[], stages: number): number[] {
  if (stages < 1 || stages > work.length) throw new Error(`Internal error: ${stages} stages of ${work.length} units`);
  const upTo = [0];
  for (const own of work) upTo.push((upTo.at(-1) ?? 0) + own);
  const between = (from: number, to: number): number => (upTo[to] ?? 0) - (upTo[from] ?? 0);

  // most[s][n]: the least work of the fullest of s + 1 stages that hold the first n units; start[s][n]: where the last begins.
  let most = upTo.map((_, units) => between(0, units));
  const starts: number[][] = [];
  for (let stage = 1; stage < stages; stage += 1) {
    const start = upTo.map(() => 0);
    most = upTo.map((_, units) => {
      let best = Infinity;
      for (let from = stage; from < units; from += 1) {
        const fullest = Math.max(most[from] ?? Infinity, between(from, units));
        if (fullest > best) continue;
        best = fullest;
        start[units] = from;
      }
      return best;
    });
    starts.push(start);
  }

  const counts: number[] = [];
  let end = work.length;
  for (const start of starts.toReversed()) {
    const from = start[end] ?? 0;
    counts.unshift(end - from);
    end = from;
  }
  return [end, ...counts];
}
