/** What decides the graph of a training step. */
import type { Layout } from '../network/layout.js';
import type { NetworkOptions } from '../network/options.js';
import type { NetworkSpecification } from '../network/specification.js';

/** Options of a protocol that decide which operations a step has; those that may be absent have the paper's usual value. */
export type BuildOptions = Pick<
  NetworkOptions,
  'derivative' | 'derivativeTerms' | 'widening' | 'batchNorm' | 'batchNormEvaluation'
> &
  Partial<Pick<NetworkOptions, 'batchNormReplicas'>> & {
    /** A16; kernels and classifier weights by default. */
    readonly weightDecayScope?: 'all' | 'weights' | 'weights-and-bias';
  };

/** As the network wants them: the epsilon changes no operation. */
export const networkOptionsOf = (options: BuildOptions): NetworkOptions => ({
  derivative: options.derivative,
  derivativeTerms: options.derivativeTerms,
  widening: options.widening,
  batchNorm: options.batchNorm,
  batchNormEpsilon: 0.001,
  batchNormEvaluation: options.batchNormEvaluation,
  batchNormReplicas: options.batchNormReplicas ?? 'per-replica',
});

/** Steps with the same key have the same graph: a WRN's does not depend on how `F'` is read. */
export function stepGraphKey(
  network: NetworkSpecification,
  layout: Layout,
  options: BuildOptions,
  batch: number,
): string {
  const { derivative, derivativeTerms, widening, batchNorm, batchNormEvaluation } = options;
  const { batchNormReplicas = 'per-replica', weightDecayScope = 'weights' } = options;
  const reading = network.family === 'wrn' ? [] : [derivative, derivativeTerms];
  const protocol = [widening, batchNorm, batchNormEvaluation, batchNormReplicas, weightDecayScope];
  return JSON.stringify([network, layout, batch, ...protocol, ...reading]);
}
