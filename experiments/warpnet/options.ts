/** What a protocol may choose of WarpNet: every choice that the paper leaves open, by name (method.md 13). */
import { z } from 'zod';
import { Problem } from '../../harness/core/problem.js';
import { option, type OptionQuestion } from '../../harness/plan/paper/protocol-option.js';
import type { ProtocolOptions } from '../../harness/plan/paper/protocol-options.js';
import type { Network } from '../../harness/plan/paper/network.js';
import type { Numerics } from '../../harness/plan/paper/paper.js';
import { derivativeReadings, type DerivativeReading, type NetworkOptions } from './model/options.js';

const isWarp = ({ specification: { family } }: Network): boolean => family !== 'wrn' && family !== 'plain';
const isWarpNet = ({ specification: { family } }: Network): boolean => family === 'warpnet1' || family === 'warpnet2';

/** With `F3'x1` and `F2'x1`, how often each counts is a question from K = 3 on, and for WarpNet1 only (A2). */
const repeatsTerms = ({ specification: { family, ['K']: K } }: Network): boolean =>
  family === 'warpnet1' && Number(K) >= 3;

const anyOf =
  (holds: (network: Network) => boolean) =>
  ({ networks }: OptionQuestion): boolean =>
    networks.some(holds);
const inTraining = ({ of }: OptionQuestion): boolean => of === 'training';

/** What a network's own part of a protocol is read with. */
const schemas = {
  derivative: z.enum(derivativeReadings),
  derivativeTerms: z.enum(['once', 'per-pair']),
  gradientReuse: z.enum(['none', 'derivative']).optional(),
  widening: z.enum(['copies', 'zeros']),
  initialisation: z.enum(['he', 'released']),
  batchNorm: z.enum(['fused', 'moments']),
  batchNormEpsilon: z.number().positive().max(1),
  batchNormEvaluation: z.enum(['running', 'batch']),
  batchNormDecay: z.number().min(0).max(1),
  weightDecayScope: z.enum(['all', 'weights', 'weights-and-bias']),
  batchNormReplicas: z.enum(['per-replica', 'synchronised']),
};

export const options = {
  /** A1 */
  derivative: option(schemas.derivative, anyOf(isWarp)),
  /** A2 */
  derivativeTerms: option(schemas.derivativeTerms, anyOf(repeatsTerms)),
  /** §3.2: not done in the experiments (§4). Protocols that were stored before there was a choice are without it. */
  gradientReuse: option(
    schemas.gradientReuse,
    ({ networks, options: chosen }) => chosen['gradientReuse'] === 'derivative' && networks.some(isWarpNet),
  ),
  /** A3 */
  widening: option(schemas.widening),
  /** A7: `he` normal fan-in; `released`: the same, truncated at two deviations, classifier uniform. */
  initialisation: option(schemas.initialisation, inTraining),
  /** A8 */
  batchNorm: option(schemas.batchNorm),
  batchNormEpsilon: option(schemas.batchNormEpsilon, inTraining),
  /** Running averages are updated in the step. */
  batchNormEvaluation: option(schemas.batchNormEvaluation),
  /** Decay of the running averages a step. */
  batchNormDecay: option(
    schemas.batchNormDecay,
    ({ of, options: chosen }) => of === 'training' && chosen['batchNormEvaluation'] === 'running',
  ),
  /** A16: what the L2 term covers: everything trainable; kernels and classifier weights; those and the classifier's bias. */
  weightDecayScope: option(schemas.weightDecayScope),
  /** A17 */
  batchNormReplicas: option(schemas.batchNormReplicas, ({ replicas }) => replicas > 1),
};

const ofNetworks = z.object(schemas);

/** Those of a whole protocol that a network is built by. @throws Problem OPTION_INVALID as `checkOptions` */
export function networkOptions(protocol: ProtocolOptions): NetworkOptions {
  checkOptions(protocol);
  return ofNetworks.parse(protocol);
}

/** Why there is no gradient of the term to re-use, by reading. */
const nothingToReuse: Partial<Record<DerivativeReading, string>> = {
  released: 'no gradient reaches x1 through its 0/1 mask',
  port: 'no gradient reaches x1 through its 0/1 mask',
  R4: 'its term is the transposed product, whose own gradient is the product itself',
};

/** @throws Problem OPTION_INVALID for options that exclude each other */
export function checkOptions(protocol: ProtocolOptions): void {
  if (protocol['gradientReuse'] !== 'derivative') return;
  const reading = schemas.derivative.parse(protocol['derivative']);
  const why = nothingToReuse[reading];
  if (why !== undefined)
    throw new Problem(
      'OPTION_INVALID',
      `gradientReuse: derivative does not exist under derivative: ${reading}, since ${why}`,
      'Re-use needs derivative R1, R2 or R3, as under the protocol paper.',
    );
}

/**
 * 1: the first. 2: `released` reverses kernels in width and input channels, as the TensorFlow code does (it had been height
 * and width, which is called `port` now), and windows begin at 0 … N - batch - 1, as there (it had been 0 … N - batch).
 */
export const numerics: Numerics = {
  newest: 2,
  // Which window a batch is has no part in how long a step takes.
  versionOf: (of, { ['derivative']: derivative, ['batches']: batches }) =>
    derivative === 'released' || (of === 'training' && batches === 'window') ? 2 : 1,
  namedIn: (version, chosen) =>
    version === 1 && chosen['derivative'] === 'port' ? { ...chosen, derivative: 'released' } : chosen,
  namedToday: (chosen): ProtocolOptions =>
    chosen['derivative'] === 'released' ? { ...chosen, derivative: 'port' } : chosen,
};
