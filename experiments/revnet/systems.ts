/** The paper's two families of networks as matrices name them: ResNet and RevNet, by their depth. */
import { z } from 'zod';
import { wholeNetworks } from '../../harness/plan/paper/whole-network.js';
import { networkOfDepth, unitsPerStage, type Family } from './model/specification.js';
import { networkOptions } from './options.js';

/** Layers that are counted: convolutions but those on shortcuts, and the classifier. */
export const depth = z.int().min(8).max(2000).describe('Layers; 164 are bottlenecks, any other number basic units');

/**
 * A stage's first unit is unlike the others, and how a backward pass rebuilds does not grow in a straight line: nothing is
 * told of a depth from a smaller one.
 */
const system = (name: string, family: Family) =>
  wholeNetworks({
    name,
    axes: {
      depth: depth.refine((layers) => Number.isInteger(unitsPerStage(family, layers)), {
        message: `A ${name} has ${family === 'revnet' ? 12 : 6} layers for each unit of its three stages, and 2 more`,
      }),
    },
    label: (network) => `${name}-${network.depth}`,
    facts: (network) => {
      const { unitsPerStage: units, channels } = networkOfDepth(family, network.depth, network.classes);
      return { units: [units, units, units].join('-'), unitsPerStage: units, channels: channels.join('-') };
    },
    load: async () => {
      const { buildNetwork } = await import('./model/network.js');
      return (network, protocol) =>
        buildNetwork(networkOfDepth(family, network.depth, network.classes), networkOptions(protocol));
    },
  });

export const systems = [system('ResNet', 'resnet'), system('RevNet', 'revnet')];
