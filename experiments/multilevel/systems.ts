/** The paper's networks as matrices name them: pre-activation ResNets, fixed or grown, by their width and blocks. */
import { z } from 'zod';
import { wholeNetworks } from '../../harness/plan/paper/whole-network.js';
import { depthOf, doublingsOf, stepSizeOf, type GrownNetwork } from './model/specification.js';
import { growthOptions, networkOptions } from './options.js';

export const axes = {
  width: z.int().min(1).max(256).describe('Channels of the first stage: 16, or 32 for the wide networks'),
  firstBlocks: z.int().min(1).max(200).describe('Blocks a stage of the network that is trained first'),
  blocks: z.int().min(1).max(400).describe('Blocks a stage at the end: firstBlocks, doubled some times'),
  stepSize: z.enum(['kept', 'halved']).describe('What becomes of h when the blocks are doubled'),
};

const isGrown = ({ firstBlocks, blocks }: Pick<GrownNetwork, 'firstBlocks' | 'blocks'>): boolean =>
  firstBlocks !== blocks;

/** As the paper names them: `WResNet-50-i` has been interpolated. */
const label = ({ width, firstBlocks, blocks, stepSize }: Omit<GrownNetwork, 'classes'>): string => {
  const network = `${width >= 32 ? 'W' : ''}ResNet-${depthOf(blocks)}`;
  if (!isGrown({ firstBlocks, blocks })) return network;
  return `${network}-i${stepSize === 'kept' ? ', h kept' : ''}`;
};

export const systems = [
  wholeNetworks({
    name: 'ResNet',
    axes,
    check: (network) => {
      const doublings = doublingsOf(network);
      if (!Number.isInteger(doublings) || doublings < 0)
        return `${network.firstBlocks} blocks cannot be doubled to ${network.blocks}`;
      if (doublings === 0 && network.stepSize === 'halved')
        return 'Nothing halves the step size of a network that does not grow';
      return null;
    },
    label,
    title: (network) =>
      isGrown(network) ? `${label(network)} from ResNet-${depthOf(network.firstBlocks)}` : label(network),
    repeated: 'blocks',
    facts: ({ width, firstBlocks, blocks }) => ({
      blocksPerStage: firstBlocks === blocks ? String(blocks) : `${firstBlocks} to ${blocks}`,
      wide: width >= 32 ? 'yes' : 'no',
    }),
    growth: {
      before: (network) =>
        Array.from({ length: doublingsOf(network) }, (_, doublings) => ({
          ...network,
          blocks: network.firstBlocks * 2 ** doublings,
          // Nothing has been halved in the first one.
          stepSize: doublings === 0 ? 'kept' : network.stepSize,
        })),
      load: async () => {
        const { growth } = await import('./model/growth.js');
        return (network, before, protocol) => growth(before, network.stepSize === 'halved', growthOptions(protocol));
      },
    },
    load: async () => {
      const { buildNetwork } = await import('./model/network.js');
      return (network, protocol) =>
        buildNetwork({ ...network, stepSize: stepSizeOf(network) }, networkOptions(protocol));
    },
  }),
];
