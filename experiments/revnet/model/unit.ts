/** One unit: a residual unit, or a reversible one and its inverse. */
import { avgPool, pad, relu, sub } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { batchNorm, type BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { branchesOf, type BranchPlan, type UnitPlan } from './plan.js';

export type Pass = ForwardPass<BatchNormOptions>;

/** What goes from unit to unit: one feature map, or the two halves of its channels. */
export type Features = readonly Shards[];

/** A pre-activation branch: BN, ReLU and a convolution, twice or three times. */
export function residualBranch(pass: Pass, { name, convolutions }: BranchPlan, input: Shards): Shards {
  return convolutions.reduce((x, { normalised, stride }, index) => {
    const activated = normalised
      ? pass.map(0, batchNorm(pass, `${name}/norm${index + 1}`, 0, x), (part) => relu(part))
      : x;
    return convolution(pass, `${name}/convolution${index + 1}`, 0, activated, stride);
  }, input);
}

/** `x + F(x)`; or, on halves, `y1 = x1 + F(x2)`, `y2 = x2 + G(y1)`. */
export function runUnit(pass: Pass, unit: UnitPlan, input: Features): Features {
  const [F, G] = branchesOf(unit);
  const [x1, x2] = input;
  if (F === undefined || x1 === undefined) throw new Error('Internal error: a unit without its input');
  const branch = residualBranch(pass, F, x2 ?? x1);
  const y1 = pass.sum(0, [shortcut(pass, unit, 0, x1), branch]);
  if (G === undefined || x2 === undefined) return [y1];
  return [y1, pass.sum(0, [shortcut(pass, unit, 1, x2), residualBranch(pass, G, y1)])];
}

/** Average pooling where the unit has a stride, and channels of zeros on both sides where it is wider; or a projection. */
function shortcut(pass: Pass, { shortcuts, stride, from, to }: UnitPlan, part: number, x: Shards): Shards {
  const projection = shortcuts[part];
  if (projection !== undefined) return convolution(pass, projection, 0, x, stride);
  if (stride === 1 && from === to) return x;
  const side = (to - from) / 2;
  return pass.map(0, x, (map) => {
    const pooled = stride === 1 ? map : avgPool(map, stride, stride, 'valid');
    const none: [number, number] = [0, 0];
    return side === 0 ? pooled : pad(pooled, [none, none, none, [side, side]]);
  });
}

/** The two branches of a unit that can be inverted. */
export function reversibleBranches(unit: UnitPlan): { readonly F: BranchPlan; readonly G: BranchPlan } {
  const [F, G] = branchesOf(unit);
  if (F === undefined || G === undefined || unit.first)
    throw new Error(`Internal error: ${unit.name} cannot be inverted`);
  return { F, G };
}

/** `minuend - subtrahend`, part by part. */
export const difference = (pass: Pass, minuend: Shards, subtrahend: Shards): Shards =>
  pass.map(0, minuend, (part, replica) => {
    const other = subtrahend[replica];
    if (other === undefined) throw new Error('Internal error: maps differ in their number of parts');
    return sub(part, other);
  });

/** `x2 = y2 - G(y1)`, `x1 = y1 - F(x2)`. */
export function invertUnit(pass: Pass, unit: UnitPlan, [y1, y2]: Features): Features {
  const { F, G } = reversibleBranches(unit);
  if (y1 === undefined || y2 === undefined) throw new Error('Internal error: a reversible unit works on two halves');
  const x2 = difference(pass, y2, residualBranch(pass, G, y1));
  return [difference(pass, y1, residualBranch(pass, F, x2)), x2];
}
