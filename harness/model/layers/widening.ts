/** More channels without parameters, where an identity connection leads to a wider map. */
import { concat, fill, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../forward-pass.js';

/** What the new channels are: copies of the map, or zeros. */
export type Widening = 'copies' | 'zeros';

/** Multiplies the channels by `factor`, a whole number, on the devices of `group`. */
export function widen(pass: ForwardPass, group: number, shards: Shards, factor: number, widening: Widening): Shards {
  if (factor === 1) return shards;
  return pass.map(group, shards, (part) => {
    if (widening === 'copies') return concat(Array<Tensor4D>(factor).fill(part), 3);
    const [batch, height, width, channels] = part.shape;
    return concat([part, fill<Rank.R4>([batch, height, width, channels * (factor - 1)], 0)], 3);
  });
}
