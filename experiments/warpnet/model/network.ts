/** A whole network (Table 1): stem, three stages of units or warp layers, head, classifier. */
import { avgPool, relu, type Tensor2D } from '@tensorflow/tfjs-core';
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
interface Located {
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
    logits: (pass, images) => {
      let at: Located = { features: stem(pass, images), group: 0 };
      let width = stemChannels;
      for (const [index, channels] of stageChannels(specification.kw).entries()) {
        // The smaller map crosses, where the stages of a pipeline are on two devices.
        const before = at;
        const pooled =
          index === 0
            ? before.features
            : pass.map(before.group, before.features, (part) => avgPool(part, 2, 2, 'valid'));
        const group = isChain(specification) ? groups.ofUnit(index + 1, 1) : 0;
        const widened = widen(
          pass,
          group,
          pass.transfer(pooled, before.group, group),
          channels / width,
          options.widening,
        );
        at = isChain(specification)
          ? chain(pass, specification, groups, index + 1, { features: widened, group })
          : { features: warpLayers(pass, specification, checked, index + 1, widened), group };
        width = channels;
      }
      return head(pass, at);
    },
  });
}

function stem(pass: Pass, images: Shards): Shards {
  const convolved = convolution(pass, 'stem/convolution', 0, images);
  return pass.map(0, batchNorm(pass, 'stem/norm', 0, convolved), (part) => relu(part));
}

const unitNames = (network: NetworkSpecification, stage: number): string[] =>
  Array.from({ length: unitsPerStage(network) }, (_, index) => unitName(stage, index + 1));

/** The units of a stage one after the other: `x + F(x)`, or `F(x)` in a network without skips. */
function chain(
  pass: Pass,
  network: ChainSpecification,
  groups: DeviceGroups,
  stage: number,
  { features, group: from }: Located,
): Located {
  let [x, at] = [features, from];
  for (const [index, name] of unitNames(network, stage).entries()) {
    const group = groups.ofUnit(stage, index + 1);
    x = pass.transfer(x, at, group);
    at = group;
    const branch = residualBranch(pass, name, group, x).output;
    x = network.family === 'wrn' ? pass.sum(group, [x, branch]) : branch;
  }
  return { features: x, group: at };
}

function warpLayers(pass: Pass, network: WarpSpecification, layout: Layout, stage: number, input: Shards): Shards {
  const names = unitNames(network, stage);
  let features = input;
  for (let first = 0; first < names.length; first += network.K) {
    const own = names.slice(first, first + network.K);
    const units = convolutionalUnits(pass, own);
    features =
      network.family === 'plain-warp'
        ? plainWarpLayer(pass, units, features)
        : warpLayer(pass, layout, units, features, {
            mergedProducts: mergesProducts(network),
            ...(pass.options.gradientReuse === 'derivative' ? { reusingBranch: detachedBranches(pass, own) } : {}),
          });
  }
  return features;
}

const detachedBranches =
  (pass: Pass, names: readonly string[]) =>
  (unit: number, bracket: number, x: Shards): DetachedBranch =>
    detachedBranch(pass, names[unit - 1] ?? '', bracket, x);

/** BN, ReLU, the mean of each channel over the whole map (8x8 for 32x32 images), and the classifier. */
function head(pass: Pass, { features, group }: Located): Tensor2D[] {
  return pass.map(group, batchNorm(pass, 'head/norm', group, features), (part, replica) =>
    classify(pass, 'classifier', group, relu(part), replica),
  );
}
