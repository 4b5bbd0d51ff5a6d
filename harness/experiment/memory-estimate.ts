/** A rough upper bound on the memory of a training step, to keep a timing cell within the machine. */
import { parameterCount } from '../network/parameters.js';
import { unitsPerStage, type NetworkSpecification } from '../network/specification.js';
import type { Protocol } from './protocol.js';

export { parameterCount };

const bytesPerValue = 4;
/** The program, the library and a batch. */
const base = 400e6;
/** Weight, momentum, gradient and an update's temporary. */
const copiesOfWeights = 4;
/**
 * Feature maps alive at the peak of a step, per residual unit. Fitted to measured peaks of WRN-73-4 at batch 16: 2.7 GB
 * with fused BN, 6.5 GB with BN from separate operations, whose temporaries are kept for the gradient.
 */
const mapsPerUnit = { fused: 23, moments: 66 } as const;
/** A warp layer's `F'` branches have no BN; each adds about this many maps, per unit. */
const mapsPerDerivative = 10;

/** Values of one feature map of each stage, for one image (method.md 6.2). */
const mapValues = (kw: number): number => 32 * 32 * 16 * kw + 16 * 16 * 32 * kw + 8 * 8 * 64 * kw;

/** Bytes at the peak of one training step, all devices together. */
export function stepMemory(network: NetworkSpecification, batch: number, protocol: Protocol): number {
  const derivatives = network.family === 'wrn' ? 0 : mapsPerDerivative;
  const maps = (mapsPerUnit[protocol.batchNorm] + derivatives) * unitsPerStage(network);
  const activations = maps * mapValues(network.kw) * batch * bytesPerValue;
  return base + activations + copiesOfWeights * parameterCount(network) * bytesPerValue;
}
