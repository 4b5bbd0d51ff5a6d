/** What a protocol may choose of RevNet: every choice that the paper leaves open, by name. */
import { z } from 'zod';
import type { Network } from '../../harness/plan/paper/network.js';
import { option } from '../../harness/plan/paper/protocol-option.js';
import type { ProtocolOptions } from '../../harness/plan/paper/protocol-options.js';
import { backwardPasses, type NetworkOptions } from './model/options.js';

const schemas = {
  backward: z.enum(backwardPasses),
  batchNorm: z.enum(['fused', 'moments']),
  batchNormEpsilon: z.number().positive().max(1),
  batchNormEvaluation: z.enum(['running', 'batch']),
  batchNormDecay: z.number().min(0).max(1),
  batchNormReplicas: z.enum(['per-replica', 'synchronised']),
};

const isRevnet = ({ specification }: Network): boolean => specification.family === 'revnet';

export const options = {
  /** Changes a training by rounding alone, which a training multiplies. */
  backward: option(schemas.backward, ({ networks }) => networks.some(isRevnet)),
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

/** Those of a whole protocol that a network is built by. */
export const networkOptions = (protocol: ProtocolOptions): NetworkOptions => ofNetworks.parse(protocol);
