/** Networks and protocols for the simulator's tests. */
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import type { BuildOptions } from '../../../harness/simulate/build-options.js';

export const wrn = (units: number, kw: number, classes = 10): NetworkSpecification => ({
  family: 'wrn',
  unitsPerStage: units,
  kw,
  classes,
});

export const warpnet = (
  family: 'warpnet1' | 'warpnet2',
  K: number,
  Nwarp: number,
  kw: number,
  classes = 10,
): NetworkSpecification => ({ family, K, Nwarp, kw, classes });

/** Reading R1 with fused batch norm and no running averages, where nothing else is said. */
export const buildOptions = (changes: Partial<BuildOptions> = {}): BuildOptions => ({
  derivative: 'R1',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm: 'fused',
  batchNormEvaluation: 'batch',
  ...changes,
});
