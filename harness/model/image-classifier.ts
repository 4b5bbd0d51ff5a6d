/** A model from what is particular to a network: its weights, where they are, and its logits. */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { cutBatch } from './data-parallel.js';
import { placeVariables, type Declaration } from './declaration.js';
import { ForwardPass, type Shards } from './forward-pass.js';
import { meanCrossEntropy } from './layers/classifier.js';
import type { Model } from './model.js';
import type { Placement } from './placement.js';

export interface ImageClassifier<Options> {
  readonly placement: Placement;
  /** Of one copy of the network, in its order. */
  readonly declarations: readonly Declaration[];
  readonly options: Options;
  /** Logits of each part, [part of the batch, classes], on device group 0, of images [part, height, width, 3]. */
  readonly logits: (pass: ForwardPass<Options>, images: Shards) => Tensor2D[];
  /** Names of what its layers let one look at (`ForwardPass.probe`). */
  readonly probes?: readonly string[];
}

/** Trains on the mean cross-entropy of images [batch, height, width, 3] and labels [batch]. */
export function imageClassifier<Options>(classifier: ImageClassifier<Options>): Model {
  const { placement, declarations, options, logits, probes } = classifier;
  const { devices, replicas } = placement;
  const variables = placeVariables(declarations, placement);
  return {
    devices,
    replicas,
    parameters: variables.parameters,
    state: variables.state,
    inputs: (batch, imageSize) => [
      { shape: [batch, imageSize, imageSize, 3], dtype: 'float32' },
      { shape: [batch], dtype: 'int32' },
    ],
    loss: (inputs, access) => {
      const [images, labels] = inputs as [Tensor4D, Tensor1D];
      const pass = new ForwardPass(variables, options, 'train', access);
      const found = logits(pass, cutBatch(pass, images));
      return meanCrossEntropy(pass, 0, found, cutBatch(pass, labels));
    },
    outputs: (inputs, access) =>
      logits(new ForwardPass(variables, options, 'evaluate', access), inputs as readonly Tensor4D[]),
    probes: probes && {
      names: probes,
      values: (inputs, access) => {
        const found = new Map<string, readonly Tensor1D[]>();
        logits(new ForwardPass(variables, options, 'evaluate', access, found), inputs as readonly Tensor4D[]);
        return probes.map((name) => {
          const [values] = found.get(name) ?? [];
          if (values === undefined) throw new Error(`Internal error: no layer has the probe ${name}`);
          return values;
        });
      },
    },
  };
}
