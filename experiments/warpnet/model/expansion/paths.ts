/** Paths through a residual network (Veit et al., 2016): at every unit a gradient goes through the branch or past it. */
import { seededRandom } from '../../../../harness/core/seeded-random.js';

export interface GradientPath {
  /** Branches that it goes through. */
  readonly length: number;
  /** Among the paths of its length, from 0. */
  readonly number: number;
  /** Positions of those branches among all units, ascending. */
  readonly branches: ReadonlySet<number>;
}

/** Up to `perLength` different paths of every length from 0 to the number of units, drawn evenly among those there are. */
export function drawPaths(units: number, perLength: number, seed: number): GradientPath[] {
  const random = seededRandom(seed);
  return Array.from({ length: units + 1 }, (_, length) => {
    const drawn = new Map<string, ReadonlySet<number>>();
    // There are binom(units, length) of them: one at either end, and at least as many as units in between.
    const wanted = length === 0 || length === units ? 1 : Math.min(perLength, units);
    while (drawn.size < wanted) {
      const branches = drawSubset(units, length, random);
      drawn.set(branches.join(), new Set(branches));
    }
    return [...drawn.values()].map((branches, number) => ({ length, number, branches }));
  }).flat();
}

function drawSubset(size: number, count: number, random: () => number): number[] {
  const left = Array.from({ length: size }, (_, index) => index);
  const chosen = Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
  return chosen.sort((a, b) => a - b);
}
