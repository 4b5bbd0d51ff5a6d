/** What a protocol may choose of a multi-level training: every choice that the paper leaves open, by name. */
import { z } from 'zod';
import type { Network } from '../../harness/plan/paper/network.js';
import { option } from '../../harness/plan/paper/protocol-option.js';
import type { ProtocolOptions } from '../../harness/plan/paper/protocol-options.js';
import { firstCopies, halvings, type GrowthOptions, type NetworkOptions } from './model/options.js';

const schemas = {
  halving: z.enum(halvings),
  stepSizeOfFirst: z.enum(['scaled', 'one']),
  batchNorm: z.enum(['fused', 'moments']),
  batchNormEpsilon: z.number().positive().max(1),
  batchNormEvaluation: z.enum(['running', 'batch']),
  batchNormDecay: z.number().min(0).max(1),
  batchNormReplicas: z.enum(['per-replica', 'synchronised']),
};
const ofGrowth = { firstCopy: z.enum(firstCopies), growthMomentum: z.enum(['carried', 'fresh']) };

const isGrown = ({ specification: { firstBlocks, blocks } }: Network): boolean => firstBlocks !== blocks;

export const options = {
  /** Whether there is a multiplication by h, in every network. */
  halving: option(schemas.halving),
  stepSizeOfFirst: option(schemas.stepSizeOfFirst, ({ options: chosen }) => chosen['halving'] === 'step-size'),
  firstCopy: option(ofGrowth.firstCopy, ({ of, networks }) => of === 'training' && networks.some(isGrown)),
  growthMomentum: option(ofGrowth.growthMomentum, ({ of, networks }) => of === 'training' && networks.some(isGrown)),
  batchNorm: option(schemas.batchNorm),
  batchNormEpsilon: option(schemas.batchNormEpsilon, ({ of }) => of === 'training'),
  /** Running averages are updated in the step. */
  batchNormEvaluation: option(schemas.batchNormEvaluation),
  /** Of the running averages, a step. */
  batchNormDecay: option(
    schemas.batchNormDecay,
    ({ of, options: chosen }) => of === 'training' && chosen['batchNormEvaluation'] === 'running',
  ),
  batchNormReplicas: option(schemas.batchNormReplicas, ({ replicas }) => replicas > 1),
};

const ofNetworks = z.object(schemas);
const ofGrowths = z.object({ halving: schemas.halving, ...ofGrowth });

/** Those of a whole protocol that a network is built by. */
export const networkOptions = (protocol: ProtocolOptions): NetworkOptions => ofNetworks.parse(protocol);

/** Those that say what a grown network begins with. */
export const growthOptions = (protocol: ProtocolOptions): GrowthOptions => ofGrowths.parse(protocol);
