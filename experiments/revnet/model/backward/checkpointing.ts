/** Checkpointing: the features before some units are kept, and the units from there on are run again. */
import type { UnitPlan } from '../plan.js';
import type { Features, Pass } from '../unit.js';
import { after, differentiateUnits, joined, rebuilt, runUnits, type Backward } from './rebuilding.js';

/** Keeps the features before the units, and runs all of them again at once. */
export const checkpointed = (pass: Pass, units: readonly UnitPlan[], input: Features): Features =>
  rebuilt(pass, units, input, 'input', runAgain);

const runAgain: Backward = (pass, units, input, behind) =>
  differentiateUnits(pass, units, after(pass, input, behind), behind);

/** Stretches of the square root of the number of units: as many are kept as are alive at a time (Chen et al., 2016). */
export function checkpointedBySquareRoot(pass: Pass, units: readonly UnitPlan[], input: Features): Features {
  const length = Math.max(1, Math.round(Math.sqrt(units.length)));
  let features = input;
  for (let begin = 0; begin < units.length; begin += length)
    features = checkpointed(pass, units.slice(begin, begin + length), features);
  return features;
}

/**
 * Keeps the features before all of the units. The backward pass runs the first half again to have the features in the
 * middle, differentiates the second half in this same way, and then the first: log2(n) features are kept at a time, and
 * n / 2 log2(n) units are run again (Chen et al., 2016).
 */
export const checkpointedRecursively = (pass: Pass, units: readonly UnitPlan[], input: Features): Features =>
  rebuilt(pass, units, input, 'input', byHalves);

const byHalves: Backward = (pass, units, input, behind) => {
  const held = after(pass, input, behind);
  if (units.length === 1) return differentiateUnits(pass, units, held, behind);
  const half = Math.ceil(units.length / 2);
  const [earlier, later] = [units.slice(0, half), units.slice(half)];
  const second = byHalves(pass, later, runUnits(pass, earlier, held), behind);
  const first = byHalves(pass, earlier, input, second);
  return { features: first.features, weights: joined(second.weights, first.weights) };
};
