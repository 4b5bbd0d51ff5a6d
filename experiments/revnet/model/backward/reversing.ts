/** The reversible backward pass: units are inverted and differentiated one after the other, from the last to the first. */
import type { Shards } from '../../../../harness/model/forward-pass.js';
import type { BranchPlan, UnitPlan } from '../plan.js';
import { difference, invertUnit, residualBranch, reversibleBranches, type Features, type Pass } from '../unit.js';
import {
  after,
  differentiatePart,
  differentiateUnits,
  joined,
  lettingGo,
  parts,
  rebuilt,
  tensorsOf,
  type Backward,
  type Gradients,
} from './rebuilding.js';

/** What the backward pass of one unit leaves: its input, rebuilt, and the gradients before it. */
interface Reversed {
  readonly input: Features;
  readonly gradients: Gradients;
}

type Reverse = (pass: Pass, unit: UnitPlan, output: Features, behind: Gradients) => Reversed;

/** Keeps the features behind the units. Each branch is run forward twice: 4N with the two halves of its gradient. */
export const reversed = (pass: Pass, units: readonly UnitPlan[], input: Features): Features =>
  rebuilt(pass, units, input, 'output', unitByUnit(invertWhileDifferentiating));

/** As `reversed`, with each branch run forward three times, as the authors' code does: 5N. */
export const reversedTwice = (pass: Pass, units: readonly UnitPlan[], input: Features): Features =>
  rebuilt(pass, units, input, 'output', unitByUnit(invertThenDifferentiate));

const unitByUnit =
  (reverse: Reverse): Backward =>
  (pass, units, output, behind) => {
    let [features, gradients] = [after(pass, output, behind), behind];
    let { weights } = behind;
    for (const unit of [...units].reverse()) {
      const before = lettingGo(
        () => reverse(pass, unit, features, gradients),
        ({ input, gradients: found }) => [...parts(input), ...tensorsOf(found)],
      );
      ({ input: features, gradients } = before);
      weights = joined(weights, gradients.weights);
    }
    return { features: gradients.features, weights };
  };

/**
 * The paper's Algorithm 1: what inverting computes of a branch is what differentiating it needs. With `z1 = y1`:
 * `x2 = y2 - G(z1)`, `dz1 = dy1 + G'(z1)^T dy2`, `x1 = z1 - F(x2)`, `dx2 = dy2 + F'(x2)^T dz1`, `dx1 = dz1`.
 */
const invertWhileDifferentiating: Reverse = (pass, unit, output, behind) => {
  const { F, G } = reversibleBranches(unit);
  const [z1, y2] = halves(output);
  const [dy1, dy2] = halves(behind.features);
  const ofG = throughBranch(pass, G, z1, dy2, y2);
  const dz1 = pass.sum(0, [dy1, ofG.gradient]);
  const ofF = throughBranch(pass, F, ofG.rest, dz1, z1);
  const dx2 = pass.sum(0, [dy2, ofF.gradient]);
  return {
    input: [ofF.rest, ofG.rest],
    gradients: { features: [dz1, dx2], weights: joined(ofG.weights, ofF.weights) },
  };
};

/** Runs a branch at `x` once: `rest` is `total` less its value; the gradients are those of its input and weights. */
function throughBranch(pass: Pass, branch: BranchPlan, x: Shards, dy: Shards, total: Shards) {
  const { made, gradients } = differentiatePart(pass, [branch], {
    input: [x],
    gradients: [dy],
    build: ([input]) => [residualBranch(pass, branch, input ?? x)],
    between: ([value]) => (value === undefined ? [] : [difference(pass, total, value)]),
  });
  const [rest] = made;
  const [gradient] = gradients.features;
  if (rest === undefined || gradient === undefined) throw new Error(`Internal error: ${branch.name} left nothing`);
  return { rest, gradient, weights: gradients.weights };
}

const invertThenDifferentiate: Reverse = (pass, unit, output, behind) => {
  const input = lettingGo(() => invertUnit(pass, unit, output), parts);
  const gradients = differentiateUnits(pass, [unit], input, behind);
  return { input: after(pass, input, gradients), gradients };
};

function halves([first, second]: Features): [Shards, Shards] {
  if (first === undefined || second === undefined)
    throw new Error('Internal error: a reversible unit works on two halves');
  return [first, second];
}
