/** What the paper claims in words: its statements from `printed.json`, each with the test that decides it. */
import type { Claim } from '../../../harness/report/claims/claim.js';
import { aboutExpansion } from './about-expansion.js';
import { printed } from '../printed.js';
import {
  beatsDataParallelAccuracy,
  curvesOverlap,
  deeperAndFaster,
  warpErrorClose,
  warpnet1BeatsWarpnet2,
  type Test,
} from './about-errors.js';
import {
  beatsDataParallelSpeed,
  k3Faster,
  memory,
  rsGrowsWithK,
  rsGrowsWithWidth,
  sameParameters,
} from './about-speed.js';

export const tests: readonly Test[] = [
  sameParameters,
  warpErrorClose,
  warpnet1BeatsWarpnet2,
  k3Faster,
  rsGrowsWithWidth,
  rsGrowsWithK,
  deeperAndFaster,
  memory,
  curvesOverlap,
  beatsDataParallelAccuracy,
  beatsDataParallelSpeed,
];

/** In the paper's order; then what it says in Section 2, and its reviewers ask, without a number. */
export function claims(): readonly Claim[] {
  const judged = printed().claims.map((claim) => {
    const test = tests.find(({ id }) => id === claim.id);
    if (test === undefined) throw new Error(`Internal error: no test decides ${claim.id}`);
    return { ...claim, ...test };
  });
  return [...judged, ...aboutExpansion];
}
