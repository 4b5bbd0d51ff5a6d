/**
 * Sizes of steps for tests that plan and need no exact ones: counts by formula of a residual network's units, with a peak
 * of memory like that measured for WRN-73-4 at batch 16 (2.7 GB with fused BN, 6.5 GB with BN from moments).
 */
import type { Network } from '../../harness/plan/paper/network.js';
import type { SizeOf, StepSize } from '../../harness/plan/step-size.js';

const bytesPerValue = 4;
const program = 400e6;
/** Weight, momentum, gradient and an update's temporary. */
const copiesOfWeights = 4;
/** Feature maps alive at the peak of a step, per residual unit. */
const mapsPerUnit = { fused: 23, moments: 66 } as const;
const mapsPerDerivative = 10;

interface Dimensions {
  readonly units: number;
  readonly width: number;
  readonly warped: boolean;
}

function dimensionsOf({ specification, facts }: Network): Dimensions {
  const number = (name: string): number => Number(specification[name] ?? facts[name] ?? 1);
  return { units: number('unitsPerStage'), width: number('kw'), warped: specification.family !== 'wrn' };
}

const stages = [1, 2, 4].map((factor) => ({ channels: 16 * factor, pixels: (32 / factor) ** 2 }));

export const sizeOf: SizeOf = (network, options, batch): StepSize => {
  const { units, width, warped } = dimensionsOf(network);
  const weightsOf = (channels: number): number => 2 * 9 * (width * channels) ** 2;
  const perUnit = stages.reduce((sum, { channels }) => sum + weightsOf(channels) + 6 * width * channels, 0);
  const head = 64 * width * (network.classes + 2) + network.classes;
  const parameters = 27 * 16 + 2 * 16 + units * perUnit + head;
  const maps = mapsPerUnit[options['batchNorm'] === 'moments' ? 'moments' : 'fused'] + (warped ? mapsPerDerivative : 0);
  const mapBytes = stages.reduce((sum, { channels, pixels }) => sum + channels * pixels, 0) * width * bytesPerValue;
  const activations = maps * units * mapBytes * batch;
  const weights = copiesOfWeights * parameters * bytesPerValue;
  const convolutions = stages.reduce((sum, { channels, pixels }) => sum + weightsOf(channels) * pixels, 0);
  return {
    parameters,
    peakBytes: program + activations + weights,
    // Forward, and twice that backward; multiply-adds count twice. `F'` adds convolutions to those of the chain.
    flops: 3 * 2 * convolutions * units * batch * (warped ? 1.6 : 1),
    bytesMoved: 3 * (activations + weights),
    operations: 60 * units * (warped ? 1.6 : 1),
    distinctOperations: `${network.shortened(1).key} ${String(options['batchNorm'])} ${String(options['derivative'])}`,
  };
};
