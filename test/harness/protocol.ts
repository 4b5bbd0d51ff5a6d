/** The choices that jobs of the tests are made with. */
import type { Protocol } from '../../harness/plan/profile/protocol.js';
import { baseOptions } from './engine/cases.js';

export const protocol: Protocol = {
  name: 'paper',
  ...baseOptions,
  batchNormDecay: 0.9,
  momentum: 0.9,
  nesterov: false,
  initialisation: 'he',
  weightDecayScope: 'all',
  learningRateDrops: 'epochs',
  batches: 'epoch',
  cropPadding: 4,
  cropOffsets: 9,
  paddingMode: 'zeros',
  flipProbability: 0.5,
  whitening: 'per-image',
  sampledEvaluation: 0,
};
