/** A protocol: every choice the paper leaves open that changes a number, by name (method.md 13). */
import { z } from 'zod';
import { derivativeReadings } from '../network/options.js';

export const protocolSchema = z.strictObject({
  /** `paper`, `released-code`, or `released-code, fused BN` …: shown in tables, not part of a cell's identity. */
  name: z.string().min(1),
  // --- the network (see network/options.ts)
  /** A1 */
  derivative: z.enum(derivativeReadings),
  /** A2 */
  derivativeTerms: z.enum(['once', 'per-pair']),
  /** A3 */
  widening: z.enum(['copies', 'zeros']),
  /** A8 */
  batchNorm: z.enum(['fused', 'moments']),
  batchNormEpsilon: z.number().positive().max(1),
  batchNormEvaluation: z.enum(['running', 'batch']),
  /** Decay of the running averages a step. */
  batchNormDecay: z.number().min(0).max(1),
  /** A17 */
  batchNormReplicas: z.enum(['per-replica', 'synchronised']),
  // --- training
  /** A6 */
  momentum: z.number().min(0).max(1),
  nesterov: z.boolean(),
  /** A7: `he` normal fan-in; `released`: the same, truncated at two deviations, classifier uniform. */
  initialisation: z.enum(['he', 'released']),
  /** A16: what the L2 term covers: everything trainable; kernels and classifier weights; those and the classifier's bias. */
  weightDecayScope: z.enum(['all', 'weights', 'weights-and-bias']),
  /** Drops by epoch (60, 120, 160) or after the released code's two step counts. */
  learningRateDrops: z.enum(['epochs', 'released']),
  /** `epoch`: a fresh permutation each epoch; `window`: shuffled once, each batch a random contiguous window but the last. */
  batches: z.enum(['epoch', 'window']),
  // --- augmentation, A13, A14
  cropPadding: z.number().int().min(0).max(8),
  /** Number of crop offsets in each direction; at most 2 * padding + 1. The released code draws from 4 of its 5. */
  cropOffsets: z.number().int().min(1).max(17),
  paddingMode: z.enum(['zeros', 'reflect']),
  flipProbability: z.number().min(0).max(1),
  whitening: z.enum(['per-image', 'per-channel', 'none']),
  // --- evaluation, A12, A19
  /** Also report the error of this many images drawn with replacement, as the released code does; 0: not. */
  sampledEvaluation: z.number().int().min(0),
});
export type Protocol = z.infer<typeof protocolSchema>;
