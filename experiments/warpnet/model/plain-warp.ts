/**
 * The warp operator of two units without skips: what `x3 = F2(F1(x1))` is to first order around `x1`. Without the identity
 * the change that `F2` sees is `F1(x1) - x1`, so that
 *
 *     x3 = F2(x1) + F2'(x1) (F1(x1) - x1)
 */
import { sub, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import type { LayerUnits } from './warp-operator.js';

/** All of it on group 0. */
export function plainWarpLayer(pass: ForwardPass, units: LayerUnits, x1: Shards): Shards {
  const first = units.branch(1, 0, x1).output;
  const { output, preActivation } = units.branch(2, 0, x1);
  const change = pass.map(0, first, (part, replica): Tensor4D => {
    const point = x1[replica];
    if (!point) throw new Error('Internal error: feature maps differ in their number of parts');
    return sub(part, point);
  });
  return pass.sum(0, [output, units.derivative(2, 0, x1, change, () => preActivation)]);
}
