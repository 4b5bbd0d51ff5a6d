/** A convolution, ReLU, the mean of each channel, and a classifier. */
import { relu } from '@tensorflow/tfjs-core';
import { classify, declareClassifier } from '../../harness/model/layers/classifier.js';
import { convolution, declareConvolution } from '../../harness/model/layers/convolution.js';
import type { UnplacedNetwork } from '../../harness/plan/paper/whole-network.js';

export const buildNetwork = ({ width, classes }: { width: number; classes: number }): UnplacedNetwork => ({
  options: {},
  declarations: [
    declareConvolution('convolution', [3, 3, 3, width], 0),
    ...declareClassifier('classifier', [width, classes], 0),
  ],
  logits: (pass, images) =>
    pass.map(0, convolution(pass, 'convolution', 0, images), (part, replica) =>
      classify(pass, 'classifier', 0, relu(part), replica),
    ),
});
