/** A network whose layers are Theorem 1 as it stands: every term, and the exact `F'` with its batch normalisation. No experiment of the paper has it. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { imageClassifier } from '../../../../harness/model/image-classifier.js';
import type { Model } from '../../../../harness/model/model.js';
import { placement } from '../../../../harness/model/placement.js';
import { defaultLayout } from '../../layouts/layout.js';
import { deviceGroups } from '../device-groups.js';
import { throughStages } from '../network.js';
import type { NetworkOptions } from '../options.js';
import { parametersOf } from '../parameters.js';
import type { NetworkSpecification } from '../specification.js';
import { linearise, weightsOf } from './linearised-unit.js';
import { termsByPower, total, type BranchAtPoint } from './terms.js';

/** On one device, with the weights of the WRN `network`, K of its units a layer. */
export const exactNetwork = (network: NetworkSpecification, options: NetworkOptions, K: number): Model =>
  imageClassifier({
    placement: placement(1, 1),
    declarations: parametersOf(network, options, deviceGroups(network, defaultLayout(network, 1))),
    options,
    logits: (pass, images) =>
      throughStages(pass, network, images, {
        groupOf: () => 0,
        apply: ({ units }, { features, group }) => {
          let maps = features;
          for (let first = 0; first < units.length; first += K)
            maps = maps.map((x1) => exactLayer(pass, units.slice(first, first + K), x1));
          return { features: maps, group };
        },
      }),
  });

function exactLayer(pass: ForwardPass<NetworkOptions>, units: readonly string[], x1: Tensor4D): Tensor4D {
  const branches = units.map((unit): BranchAtPoint => {
    const weights = weightsOf(pass, unit, pass.options.batchNormEpsilon);
    const at = linearise(pass.operations, weights, x1);
    return { output: at.output, derivative: (v) => at.tangent('training', v) };
  });
  return total([x1, ...termsByPower(branches).flat()]);
}
