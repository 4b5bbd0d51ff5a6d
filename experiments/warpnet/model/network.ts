/** A whole network (Table 1): stem, three stages of residual units or warp layers, head, classifier. */
import {
  add,
  avgPool,
  concat,
  fill,
  matMul,
  relu,
  reshape,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { batchNorm } from '../../../harness/model/batch-norm.js';
import { ForwardPass, type Mode, type Shards } from '../../../harness/model/forward-pass.js';
// tfjs derives no backward pass without its gradient functions, which only the umbrella package registers under Node:
// tfjs-core's own `register_all_gradients.js` has imports without extensions, which Node refuses.
import '@tensorflow/tfjs';
import { checkLayout, devicesOf, type Layout } from '../layouts/layout.js';
import type { Operations } from '../../../harness/engine/operations.js';
import type { NetworkOptions } from './options.js';
import {
  parametersOf,
  stageChannels,
  statisticsOf,
  stemChannels,
  unitName,
  type Parameter,
  type Statistic,
} from './parameters.js';
import { convolve, residualBranch } from './residual-unit.js';
import { unitsPerStage, type NetworkSpecification } from './specification.js';
import { convolutionalUnits, warpLayer } from './warp-operator.js';

export interface NetworkInputs {
  readonly operations: Operations;
  readonly mode: Mode;
  /** [batch, height, width, 3], cut along the batch: part r is computed with replica r's weights, on its device. */
  readonly images: Shards;
  /** The value of a weight; the same tensor at every call. */
  readonly weight: (parameter: Parameter) => Tensor;
  /** The value of a running average; asked for only in evaluation. */
  readonly statistic: (statistic: Statistic) => Tensor1D;
  /** Told of a batch's mean or (biased) variance, off the tape; only in training, where the network has statistics. */
  readonly onStatistic?: (statistic: Statistic, value: Tensor1D) => void;
}

export interface Network {
  readonly specification: NetworkSpecification;
  readonly options: NetworkOptions;
  readonly layout: Layout;
  /** Logical devices it is placed on. */
  readonly devices: number;
  /** Parts the training batch is cut into. */
  readonly replicas: number;
  /** Replica by replica, each in the order of the network. */
  readonly parameters: readonly Parameter[];
  /** Empty where evaluation uses the batch's own statistics. */
  readonly statistics: readonly Statistic[];
  /** Logits of each part, [part of the batch, classes], on the part's home device. */
  readonly apply: (inputs: NetworkInputs) => Tensor2D[];
}

/** @throws LayoutProblem LAYOUT_INVALID where the layout does not compute the network's operator. */
export function buildNetwork(specification: NetworkSpecification, options: NetworkOptions, layout: Layout): Network {
  const checked = checkLayout(layout, specification, options.derivativeTerms);
  const replicas = checked.kind === 'data-parallel' ? checked.replicas : 1;
  const parameters = Array.from({ length: replicas }, (_, replica) =>
    parametersOf(specification, checked, replica),
  ).flat();
  const statistics = options.batchNormEvaluation === 'running' ? statisticsOf(parameters) : [];
  const statisticByName = new Map(statistics.map((statistic) => [statistic.name, statistic]));
  const statisticNamed = (name: string): Statistic => {
    const statistic = statisticByName.get(name);
    if (!statistic) throw new Error(`Internal error: no statistic ${name}`);
    return statistic;
  };

  const apply = ({ operations, mode, images, weight, statistic, onStatistic }: NetworkInputs): Tensor2D[] => {
    const pass = new ForwardPass(operations, options, mode, parameters, {
      weight,
      statistic: (name) => statistic(statisticNamed(name)),
      onStatistics: (norm, mean, variance) => {
        onStatistic?.(statisticNamed(`${norm}/mean`), mean);
        onStatistic?.(statisticNamed(`${norm}/variance`), variance);
      },
    });
    let features = stem(pass, images);
    let width = stemChannels;
    for (const [index, channels] of stageChannels(specification.kw).entries()) {
      const pooled = index === 0 ? features : pass.map(0, features, (part) => avgPool(part, 2, 2, 'valid'));
      features = stage(pass, specification, checked, index + 1, widen(pass, pooled, channels / width));
      width = channels;
    }
    return classify(pass, features);
  };

  return {
    specification,
    options,
    layout: checked,
    devices: devicesOf(checked),
    replicas,
    parameters,
    statistics,
    apply,
  };
}

function stem(pass: ForwardPass, images: Shards): Shards {
  const convolved = pass.map(0, images, (part, replica) => convolve(part, pass.kernel('stem/convolution', 0, replica)));
  return pass.map(0, batchNorm(pass, 'stem/norm', 0, convolved), (part) => relu(part));
}

/** Multiplies the channels without parameters: copies of the map, or zeros (A3). */
function widen(pass: ForwardPass, features: Shards, factor: number): Shards {
  if (factor === 1) return features;
  return pass.map(0, features, (part) => {
    if (pass.options.widening === 'copies') return concat(Array<Tensor4D>(factor).fill(part), 3);
    const [batch, height, width, channels] = part.shape;
    return concat([part, fill<Rank.R4>([batch, height, width, channels * (factor - 1)], 0)], 3);
  });
}

function stage(
  pass: ForwardPass,
  network: NetworkSpecification,
  layout: Layout,
  number: number,
  input: Shards,
): Shards {
  const units = Array.from({ length: unitsPerStage(network) }, (_, index) => unitName(number, index + 1));
  if (network.family === 'wrn')
    return units.reduce((x, unit) => pass.sum(0, [x, residualBranch(pass, unit, 0, x).output]), input);

  let features = input;
  for (let first = 0; first < units.length; first += network.K)
    features = warpLayer(pass, layout, convolutionalUnits(pass, units.slice(first, first + network.K)), features);
  return features;
}

/** BN, ReLU, the mean of each channel over the whole map (8x8 for 32x32 images), and the classifier. */
function classify(pass: ForwardPass, features: Shards): Tensor2D[] {
  return pass.map(0, batchNorm(pass, 'head/norm', 0, features), (part, replica) => {
    const [batch, height, width, channels] = part.shape;
    const pooled = reshape<Rank.R2>(avgPool(relu(part), [height, width], 1, 'valid'), [batch, channels]);
    const logits = matMul(pooled, pass.matrix('classifier/weights', 0, replica));
    return add(logits, pass.vector('classifier/bias', 0, replica));
  });
}
