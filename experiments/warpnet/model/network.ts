/** A whole network (Table 1): stem, three stages of residual units or warp layers, head, classifier. */
import { avgPool, relu, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ForwardPass, Shards } from '../../../harness/model/forward-pass.js';
import { imageClassifier } from '../../../harness/model/image-classifier.js';
import { batchNorm } from '../../../harness/model/layers/batch-norm.js';
import { classify } from '../../../harness/model/layers/classifier.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { widen } from '../../../harness/model/layers/widening.js';
import type { Model } from '../../../harness/model/model.js';
import { placement } from '../../../harness/model/placement.js';
import { bracketsOf, checkLayout, type Layout } from '../layouts/layout.js';
import type { NetworkOptions } from './options.js';
import { parametersOf, stageChannels, stemChannels, unitName } from './parameters.js';
import { residualBranch } from './residual-unit.js';
import { unitsPerStage, type NetworkSpecification } from './specification.js';
import { convolutionalUnits, warpLayer } from './warp-operator.js';

type Pass = ForwardPass<NetworkOptions>;

/** @throws LayoutProblem LAYOUT_INVALID where the layout does not compute the network's operator. */
export function buildModel(specification: NetworkSpecification, options: NetworkOptions, layout: Layout): Model {
  const checked = checkLayout(layout, specification, options.derivativeTerms);
  return imageClassifier({
    // Every bracket is a device group of its own.
    placement: placement(bracketsOf(checked).length, checked.kind === 'data-parallel' ? checked.replicas : 1),
    declarations: parametersOf(specification, options, checked),
    options,
    logits: (pass, images) => {
      let features = stem(pass, images);
      let width = stemChannels;
      for (const [index, channels] of stageChannels(specification.kw).entries()) {
        const pooled = index === 0 ? features : pass.map(0, features, (part) => avgPool(part, 2, 2, 'valid'));
        const widened = widen(pass, 0, pooled, channels / width, options.widening);
        features = stage(pass, specification, checked, index + 1, widened);
        width = channels;
      }
      return head(pass, features);
    },
  });
}

function stem(pass: Pass, images: Shards): Shards {
  const convolved = convolution(pass, 'stem/convolution', 0, images);
  return pass.map(0, batchNorm(pass, 'stem/norm', 0, convolved), (part) => relu(part));
}

function stage(pass: Pass, network: NetworkSpecification, layout: Layout, number: number, input: Shards): Shards {
  const units = Array.from({ length: unitsPerStage(network) }, (_, index) => unitName(number, index + 1));
  if (network.family === 'wrn')
    return units.reduce((x, unit) => pass.sum(0, [x, residualBranch(pass, unit, 0, x).output]), input);

  let features = input;
  for (let first = 0; first < units.length; first += network.K)
    features = warpLayer(pass, layout, convolutionalUnits(pass, units.slice(first, first + network.K)), features);
  return features;
}

/** BN, ReLU, the mean of each channel over the whole map (8x8 for 32x32 images), and the classifier. */
function head(pass: Pass, features: Shards): Tensor2D[] {
  return pass.map(0, batchNorm(pass, 'head/norm', 0, features), (part, replica) =>
    classify(pass, 'classifier', 0, relu(part), replica),
  );
}
