/** Every weight and running statistic of a network: its name, its shape, the device group that holds it, and how it begins. */
import type { Declaration } from '../../../harness/model/declaration.js';
import { declareBatchNorm } from '../../../harness/model/layers/batch-norm.js';
import { declareClassifier } from '../../../harness/model/layers/classifier.js';
import { declareConvolution } from '../../../harness/model/layers/convolution.js';
import { fanIn, heNormal, type Distribution } from '../../../harness/model/parameter.js';
import type { DeviceGroups } from './device-groups.js';
import type { NetworkOptions } from './options.js';
import { stageChannels, stemChannels, unitsPerStage, type NetworkSpecification } from './specification.js';

/** Where a unit's weights begin: `stage1/unit3`; stages and units count from 1, units through the whole stage. */
export const unitName = (stage: number, unit: number): string => `stage${stage}/unit${unit}`;

/** The weights and running statistics of one copy, in the order of the network. */
export function parametersOf(
  network: NetworkSpecification,
  options: NetworkOptions,
  groups: DeviceGroups,
): readonly Declaration[] {
  const { initialisation, weightDecayScope: scope, batchNormEvaluation } = options;
  const convolution = (name: string, from: number, to: number, group: number): Declaration => {
    const shape = [3, 3, from, to] as const;
    return declareConvolution(name, shape, group, { initial: kernels[initialisation](shape), decayed: true });
  };
  const norm = (name: string, channels: number, group: number): Declaration[] =>
    declareBatchNorm(name, channels, group, { batchNormEvaluation, decayed: scope === 'all' });

  const stages = stageChannels(network.kw).flatMap((channels, stage) =>
    Array.from({ length: unitsPerStage(network) }, (_, index) => {
      const name = unitName(stage + 1, index + 1);
      const group = groups.ofUnit(stage + 1, index + 1);
      return [
        ...norm(`${name}/normA`, channels, group),
        convolution(`${name}/convolutionA`, channels, channels, group),
        ...norm(`${name}/normB`, channels, group),
        convolution(`${name}/convolutionB`, channels, channels, group),
        ...norm(`${name}/normC`, channels, group),
      ];
    }).flat(),
  );
  const [, , features] = stageChannels(network.kw);
  const classifier = [features, network.classes] as const;
  return [
    convolution('stem/convolution', 3, stemChannels, 0),
    ...norm('stem/norm', stemChannels, 0),
    ...stages,
    ...norm('head/norm', features, groups.last),
    ...declareClassifier('classifier', classifier, groups.last, {
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
