/** Every weight and running statistic of a network: its name, its shape, and how it begins. */
import type { Declaration } from '../../../harness/model/declaration.js';
import { declareBatchNorm } from '../../../harness/model/layers/batch-norm.js';
import { declareClassifier } from '../../../harness/model/layers/classifier.js';
import { declareConvolution } from '../../../harness/model/layers/convolution.js';
import type { NetworkOptions } from './options.js';
import { branchesOf, unitsOf, type UnitPlan } from './plan.js';
import { widthsOf, type NetworkSpecification } from './specification.js';

type Evaluation = Pick<NetworkOptions, 'batchNormEvaluation'>;

/** The weights and running statistics of one copy, in the order of the network. */
export function parametersOf(network: NetworkSpecification, options: Evaluation): readonly Declaration[] {
  const { stem, stages } = widthsOf(network);
  const features = stages.at(-1) ?? stem;
  return [
    convolution('stem/convolution', 3, 3, stem),
    ...norm('stem/norm', stem, options),
    ...unitsOf(network).flatMap((unit) => unitParameters(unit, options)),
    ...norm('head/norm', features, options),
    ...declareClassifier('classifier', [features, network.classes], 0, {
      // TensorFlow's uniform_unit_scaling_initializer.
      initial: { kind: 'uniform', bound: Math.sqrt(3 / features) },
      decayed: true,
      biasDecayed: false,
    }),
  ];
}

function unitParameters(unit: UnitPlan, options: Evaluation): Declaration[] {
  const branches = branchesOf(unit).flatMap(({ name, convolutions }) =>
    convolutions.flatMap(({ normalised, size, from, to }, index) => [
      ...(normalised ? norm(`${name}/norm${index + 1}`, from, options) : []),
      convolution(`${name}/convolution${index + 1}`, size, from, to),
    ]),
  );
  const projections = unit.shortcuts.map((name) => convolution(name, 1, unit.from, unit.to));
  return [...branches, ...projections];
}

/** A normal of variance 2 / (height x width x channels out), cut at two deviations. */
const convolution = (name: string, size: number, from: number, to: number): Declaration =>
  declareConvolution(name, [size, size, from, to], 0, {
    initial: { kind: 'truncated-normal', variance: 2 / (size * size * to) },
    decayed: true,
  });

const norm = (name: string, channels: number, { batchNormEvaluation }: Evaluation): Declaration[] =>
  declareBatchNorm(name, channels, 0, { batchNormEvaluation, decayed: false });
