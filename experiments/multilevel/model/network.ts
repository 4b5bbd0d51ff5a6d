/** A whole network: stem, three stages of blocks, head, classifier. */
import { relu } from '@tensorflow/tfjs-core';
import type { Declaration } from '../../../harness/model/declaration.js';
import type { Shards } from '../../../harness/model/forward-pass.js';
import { batchNorm, declareBatchNorm } from '../../../harness/model/layers/batch-norm.js';
import { classify, declareClassifier } from '../../../harness/model/layers/classifier.js';
import { convolution, declareConvolution } from '../../../harness/model/layers/convolution.js';
import type { UnplacedNetwork } from '../../../harness/plan/paper/whole-network.js';
import { runBlock, type Pass } from './block.js';
import type { NetworkOptions } from './options.js';
import { blocksOf, type BlockPlan } from './plan.js';
import { normOf } from './probe-names.js';
import { widthsOf, type NetworkSpecification } from './specification.js';

/** A network before it is placed. */
export function buildNetwork(network: NetworkSpecification, options: NetworkOptions): UnplacedNetwork<NetworkOptions> {
  const blocks = blocksOf(network);
  return {
    declarations: parametersOf(network, options),
    options,
    probes: blocks.map(({ name }) => normOf(name)),
    logits: (pass, images) => {
      const features = runBlocks(pass, blocks, convolution(pass, 'stem/convolution', 0, images), network.stepSize);
      return pass.map(0, batchNorm(pass, 'head/norm', 0, features), (part, replica) =>
        classify(pass, 'classifier', 0, relu(part), replica),
      );
    },
  };
}

export const runBlocks = (pass: Pass, blocks: readonly BlockPlan[], input: Shards, stepSize: number): Shards =>
  blocks.reduce((features, block) => runBlock(pass, block, features, stepSize), input);

/** The weights and running statistics of one copy, in the order of the network. */
export function parametersOf(
  network: Pick<NetworkSpecification, 'width' | 'blocks' | 'classes'>,
  { batchNormEvaluation }: Pick<NetworkOptions, 'batchNormEvaluation'>,
): readonly Declaration[] {
  const norm = (name: string, channels: number) =>
    declareBatchNorm(name, channels, 0, { batchNormEvaluation, decayed: false });
  const features = widthsOf(network.width).at(-1) ?? network.width;
  return [
    declareConvolution('stem/convolution', [3, 3, 3, network.width], 0),
    ...blocksOf(network).flatMap(({ name, from, to }) => [
      ...norm(`${name}/norm1`, from),
      declareConvolution(`${name}/convolution1`, [3, 3, from, to], 0),
      ...norm(`${name}/norm2`, to),
      declareConvolution(`${name}/convolution2`, [3, 3, to, to], 0),
    ]),
    ...norm('head/norm', features),
    ...declareClassifier('classifier', [features, network.classes], 0),
  ];
}
