/** The blocks of a network, written down: names, channels and strides, from which weights and computations follow. */
import { widthsOf, type NetworkSpecification } from './specification.js';

export interface BlockPlan {
  /** Where its weights begin: `stage1/block2`; stages and blocks count from 1. */
  readonly name: string;
  readonly stage: number;
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

export const blockName = (stage: number, index: number): string => `stage${stage}/block${index}`;

/** The first block of the second and third stage halves the map and doubles the channels. */
export function blocksOf({ width, blocks }: Pick<NetworkSpecification, 'width' | 'blocks'>): BlockPlan[] {
  return widthsOf(width).flatMap((to, position) => {
    const stage = position + 1;
    return Array.from({ length: blocks }, (_, before): BlockPlan => {
      const changes = before === 0 && stage > 1;
      const index = before + 1;
      return { name: blockName(stage, index), stage, index, from: changes ? to / 2 : to, to, stride: changes ? 2 : 1 };
    });
  });
}
