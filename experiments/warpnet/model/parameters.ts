/** Every weight and running statistic of a network: its name, its shape, the bracket that holds it, and how it begins. */
import type { Declaration } from '../../../harness/model/declaration.js';
import { declareBatchNorm } from '../../../harness/model/layers/batch-norm.js';
import { declareClassifier } from '../../../harness/model/layers/classifier.js';
import { declareConvolution } from '../../../harness/model/layers/convolution.js';
import { fanIn, heNormal, type Distribution } from '../../../harness/model/parameter.js';
import { bracketsOf, type Layout } from '../layouts/layout.js';
import type { NetworkOptions } from './options.js';
import { unitsPerStage, type NetworkSpecification } from './specification.js';

/** Width of the stem; stage s has 16 kw, 32 kw, 64 kw channels (Table 1). */
export const stemChannels = 16;
export const stageChannels = (kw: number): readonly [number, number, number] => [16 * kw, 32 * kw, 64 * kw];

/** Where a unit's weights begin: `stage1/unit3`; stages and units count from 1, units through the whole stage. */
export const unitName = (stage: number, unit: number): string => `stage${stage}/unit${unit}`;

/** The weights and running statistics of one copy, in the order of the network. */
export function parametersOf(
  network: NetworkSpecification,
  options: NetworkOptions,
  layout: Layout,
): readonly Declaration[] {
  const { initialisation, weightDecayScope: scope, batchNormEvaluation } = options;
  const holder = unitHolder(network, layout);
  const convolution = (name: string, from: number, to: number, bracket: number): Declaration => {
    const shape = [3, 3, from, to] as const;
    return declareConvolution(name, shape, bracket, { initial: kernels[initialisation](shape), decayed: true });
  };
  const norm = (name: string, channels: number, bracket: number): Declaration[] =>
    declareBatchNorm(name, channels, bracket, { batchNormEvaluation, decayed: scope === 'all' });

  const stages = stageChannels(network.kw).flatMap((channels, stage) =>
    Array.from({ length: unitsPerStage(network) }, (_, index) => {
      const name = unitName(stage + 1, index + 1);
      const bracket = holder(index + 1);
      return [
        ...norm(`${name}/normA`, channels, bracket),
        convolution(`${name}/convolutionA`, channels, channels, bracket),
        ...norm(`${name}/normB`, channels, bracket),
        convolution(`${name}/convolutionB`, channels, channels, bracket),
        ...norm(`${name}/normC`, channels, bracket),
      ];
    }).flat(),
  );
  const [, , features] = stageChannels(network.kw);
  const classifier = [features, network.classes] as const;
  return [
    convolution('stem/convolution', 3, stemChannels, 0),
    ...norm('stem/norm', stemChannels, 0),
    ...stages,
    ...norm('head/norm', features, 0),
    ...declareClassifier('classifier', classifier, 0, {
      initial: classifierWeights[initialisation](classifier),
      decayed: true,
      biasDecayed: scope !== 'weights',
    }),
  ];
}

type Initialisation = Record<NetworkOptions['initialisation'], (shape: readonly number[]) => Distribution>;

const kernels: Initialisation = {
  he: heNormal,
  released: (shape) => ({ kind: 'truncated-normal', variance: 2.6 / fanIn(shape) }),
};

const classifierWeights: Initialisation = {
  he: heNormal,
  released: (shape) => ({ kind: 'uniform', bound: Math.sqrt(3 / fanIn(shape)) }),
};

/** Which bracket holds a unit's weights: the one that computes its branch `F_j`. */
function unitHolder(network: NetworkSpecification, layout: Layout): (unitOfStage: number) => number {
  if (network.family === 'wrn') return () => 0;
  const brackets = bracketsOf(layout);
  return (unitOfStage) => {
    const unit = ((unitOfStage - 1) % network.K) + 1;
    return brackets.findIndex((terms) => terms.some((term) => term.kind === 'residual' && term.unit === unit));
  };
}
