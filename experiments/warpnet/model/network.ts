/** A whole network (Table 1): stem, three stages of units or warp layers, head, classifier. */
import { avgPool, relu, type Tensor2D } from '@tensorflow/tfjs-core';
import { Problem } from '../../../harness/core/problem.js';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { imageClassifier } from '../../../harness/model/image-classifier.js';
import { batchNorm } from '../../../harness/model/layers/batch-norm.js';
import { classify } from '../../../harness/model/layers/classifier.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { widen } from '../../../harness/model/layers/widening.js';
import type { Model } from '../../../harness/model/model.js';
import { placement } from '../../../harness/model/placement.js';
import { checkLayout, mergesProducts, type Layout } from '../layouts/layout.js';
import { deviceGroups, type DeviceGroups } from './device-groups.js';
import type { NetworkOptions } from './options.js';
import { parametersOf, unitName } from './parameters.js';
import { plainWarpLayer } from './plain-warp.js';
import { detachedBranch, residualBranch, type DetachedBranch } from './residual-unit.js';
import {
  isChain,
  stageChannels,
  stemChannels,
  unitsPerStage,
  type ChainSpecification,
  type NetworkSpecification,
  type WarpSpecification,
} from './specification.js';
import { convolutionalUnits, warpLayer } from './warp-operator.js';

type Pass = ForwardPass<NetworkOptions>;

/** A feature map and the device group that it is with. */
export interface Located {
  readonly features: Shards;
  readonly group: number;
}

/** @throws LayoutProblem LAYOUT_INVALID where the layout does not compute the network's operator. */
export function buildModel(specification: NetworkSpecification, options: NetworkOptions, layout: Layout): Model {
  const checked = checkLayout(layout, specification, options.derivativeTerms);
  const groups = deviceGroups(specification, checked);
  const replicas = checked.kind === 'data-parallel' ? checked.replicas : 1;
  return imageClassifier({
    placement: placement(groups.count, replicas, checked.kind === 'pipeline' ? checked.microBatches : 1),
    declarations: parametersOf(specification, options, groups),
    options,
    lastGroup: groups.last,
    logits: (pass, images) =>
      throughStages(pass, specification, images, {
        groupOf: ({ number }) => (isChain(specification) ? groups.ofUnit(number, 1) : 0),
        apply: (stage, at) =>
          isChain(specification)
            ? chain(pass, specification, groups, stage, at)
            : { ...at, features: warpLayers(pass, specification, checked, stage, at.features) },
      }),
  });
}

/** Units on maps of one size. */
export interface Stage {
  /** From 1. */
  readonly number: number;
  /** Channels against those of what comes before. */
  readonly widening: number;
  /** Where its units keep their weights. */
  readonly units: readonly string[];
}

export const stagesOf = (network: NetworkSpecification): Stage[] =>
  stageChannels(network.kw).map((channels, index, all) => ({
    number: index + 1,
    widening: channels / (all[index - 1] ?? stemChannels),
    units: Array.from({ length: unitsPerStage(network) }, (_, unit) => unitName(index + 1, unit + 1)),
  }));

/** The logits of images: `apply` computes the units of a stage, which begins in the device group `groupOf`. */
export function throughStages(
  pass: Pass,
  network: NetworkSpecification,
  images: Shards,
  stages: {
    readonly groupOf: (stage: Stage) => number;
    readonly apply: (stage: Stage, input: Located) => Located;
  },
): Tensor2D[] {
  let at: Located = { features: stem(pass, images), group: 0 };
  for (const stage of stagesOf(network)) at = stages.apply(stage, enterStage(pass, stage, at, stages.groupOf(stage)));
  return head(pass, at);
}

/** The map of the stage before, pooled but for the first, with the stage's channels. */
export function enterStage(pass: Pass, { number, widening }: Stage, before: Located, group: number): Located {
  // The smaller map crosses, where the stages of a pipeline are on two devices.
  const pooled =
    number === 1 ? before.features : pass.map(before.group, before.features, (part) => avgPool(part, 2, 2, 'valid'));
  const crossed = pass.transfer(pooled, before.group, group);
  return { features: widen(pass, group, crossed, widening, pass.options.widening), group };
}

export function stem(pass: Pass, images: Shards): Shards {
  const convolved = convolution(pass, 'stem/convolution', 0, images);
  return pass.map(0, batchNorm(pass, 'stem/norm', 0, convolved), (part) => relu(part));
}

/** The units of a stage one after the other: `x + F(x)`, or `F(x)` in a network without skips. */
function chain(
  pass: Pass,
  network: ChainSpecification,
  groups: DeviceGroups,
  stage: Stage,
  { features, group: from }: Located,
): Located {
  let [x, at] = [features, from];
  for (const [index, name] of stage.units.entries()) {
    const group = groups.ofUnit(stage.number, index + 1);
    x = pass.transfer(x, at, group);
    at = group;
    const branch = residualBranch(pass, name, group, x).output;
    x = network.family === 'wrn' ? pass.sum(group, [x, branch]) : branch;
  }
  return { features: x, group: at };
}

function warpLayers(
  pass: Pass,
  network: WarpSpecification,
  layout: Layout,
  { units: names }: Stage,
  input: Shards,
): Shards {
  let features = input;
  for (let first = 0; first < names.length; first += network.K) {
    const own = names.slice(first, first + network.K);
    const units = convolutionalUnits(pass, own);
    features =
      network.family === 'plain-warp'
        ? plainWarpLayer(withGradients(pass), units, features)
        : warpLayer(pass, layout, units, features, {
            mergedProducts: mergesProducts(network),
            ...(pass.options.gradientReuse === 'derivative' ? { reusingBranch: detachedBranches(pass, own) } : {}),
          });
  }
  return features;
}

/** @throws Problem OPTION_INVALID where no gradient would reach what is before the operator */
function withGradients(pass: Pass): Pass {
  const { derivative } = pass.options;
  if (derivative !== 'released' && derivative !== 'port') return pass;
  throw new Problem(
    'OPTION_INVALID',
    `plain-warp cannot be trained under derivative: ${derivative}: no gradient passes through its 0/1 mask, and there is no skip beside it`,
    'Take derivative R1, R2, R3 or R4, as the protocol paper does.',
  );
}

const detachedBranches =
  (pass: Pass, names: readonly string[]) =>
  (unit: number, bracket: number, x: Shards): DetachedBranch =>
    detachedBranch(pass, names[unit - 1] ?? '', bracket, x);

/** BN, ReLU, the mean of each channel over the whole map (8x8 for 32x32 images), and the classifier. */
export function head(pass: Pass, { features, group }: Located): Tensor2D[] {
  return pass.map(group, batchNorm(pass, 'head/norm', group, features), (part, replica) =>
    classify(pass, 'classifier', group, relu(part), replica),
  );
}
