/** What a network with twice as many blocks begins with: the weights of the one that was trained before it. */
import type { Transfer } from '../../../harness/model/transfer.js';
import type { GrowthOptions } from './options.js';
import { blockName, blocksOf, type BlockPlan } from './plan.js';
import type { NetworkSpecification } from './specification.js';

/**
 * After each block one is inserted that is a copy of it, so that block i becomes blocks 2i - 1 and 2i. The branches are
 * halved where `halved` says so: by the constant h, which is no weight, or here, in the kernels.
 * @param before the network that was trained; it has half as many blocks as the one that begins
 */
export function growth(
  before: Pick<NetworkSpecification, 'width' | 'blocks'>,
  halved: boolean,
  { halving, firstCopy, growthMomentum }: GrowthOptions,
): Transfer {
  const kernel = halved && halving === 'kernels' ? Math.SQRT1_2 : 1;
  const blocks = new Map(blocksOf(before).map((block) => [block.name, block]));
  /** Of a block that is inserted, or that was there. */
  const copied = (stage: number, index: number): BlockPlan => {
    const own = blocks.get(blockName(stage, Math.ceil(index / 2)));
    const next = blocks.get(blockName(stage, 2));
    if (own === undefined)
      throw new Error(`Internal error: nothing for block ${index} of stage ${stage} to be a copy of`);
    const takesNext = firstCopy === 'next' || (firstCopy === 'next-where-shapes-differ' && changesShape(own));
    return index === 2 && takesNext && next !== undefined ? next : own;
  };
  return {
    momentum: growthMomentum,
    sourceOf: (name) => {
      const found = /^stage(\d+)\/block(\d+)\/(.*)$/u.exec(name);
      if (found === null) return { name, factor: 1 };
      const [stage, index, part = ''] = [Number(found[1]), Number(found[2]), found[3]];
      const source = copied(stage, index);
      // What comes before the second convolution of a block that changes the shape is of other channels than in its copy.
      const isOfFirstHalf = part === 'convolution1' || part.startsWith('norm1/');
      if (index === 2 && changesShape(source) && isOfFirstHalf) return null;
      return { name: `${source.name}/${part}`, factor: part.startsWith('convolution') ? kernel : 1 };
    },
  };
}

const changesShape = ({ from, to }: BlockPlan): boolean => from !== to;
