/** A convolution, ReLU, the mean of each channel, and a classifier. */
import { relu } from '@tensorflow/tfjs-core';
import { imageClassifier } from '../../harness/model/image-classifier.js';
import { classify, declareClassifier } from '../../harness/model/layers/classifier.js';
import { convolution, declareConvolution } from '../../harness/model/layers/convolution.js';
import type { Model } from '../../harness/model/model.js';
import { heNormal } from '../../harness/model/parameter.js';
import { placement } from '../../harness/model/placement.js';

export function buildModel(network: { width: number; classes: number }, _: unknown, replicas: number): Model {
  const { width, classes } = network;
  const rules = (shape: readonly number[]) => ({ initial: heNormal(shape), decayed: true, biasDecayed: false });
  return imageClassifier({
    placement: placement(1, replicas),
    declarations: [
      declareConvolution('convolution', [3, 3, 3, width], 0, rules([3, 3, 3, width])),
      ...declareClassifier('classifier', [width, classes], 0, rules([width, classes])),
    ],
    options: {},
    logits: (pass, images) =>
      pass.map(0, convolution(pass, 'convolution', 0, images), (part, replica) =>
        classify(pass, 'classifier', 0, relu(part), replica),
      ),
  });
}
