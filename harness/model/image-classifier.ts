/** A model from what is particular to a network: its weights, where they are, and its logits. */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { cutBatch } from './data-parallel.js';
import { placeVariables, type Declaration } from './declaration.js';
import { diagnosticsOf, type ClassifierDiagnostics, type ImageLogits } from './diagnostics.js';
import { ForwardPass } from './forward-pass.js';
import { meanCrossEntropy } from './layers/classifier.js';
import { meanOverMicroBatches } from './micro-batches.js';
import type { Model } from './model.js';
import type { Placement } from './placement.js';

export interface ImageClassifier<Options> {
  readonly placement: Placement;
  /** Of one copy of the network, in its order. */
  readonly declarations: readonly Declaration[];
  readonly options: Options;
  readonly diagnostics?: ClassifierDiagnostics<Options> | undefined;
  /** Logits of each part, [part of the batch, classes], on `lastGroup`, of images [part, height, width, 3] on group 0. */
  readonly logits: ImageLogits<Options>;
  /** Device group that computes the logits; 0 unless stages follow one another. */
  readonly lastGroup?: number;
  /** Names of what its layers let one look at (`ForwardPass.probe`). */
  readonly probes?: readonly string[];
}

/** Trains on the mean cross-entropy of images [batch, height, width, 3] and labels [batch]. */
export function imageClassifier<Options>(classifier: ImageClassifier<Options>): Model {
  const { placement, declarations, options, logits, lastGroup = 0, diagnostics, probes } = classifier;
  const { devices, replicas, microBatches } = placement;
  const variables = placeVariables(declarations, placement);
  return {
    devices,
    parts: replicas * microBatches,
    parameters: variables.parameters,
    state: variables.state,
    inputs: (batch, imageSize) => [
      { shape: [batch, imageSize, imageSize, 3], dtype: 'float32' },
      { shape: [batch], dtype: 'int32' },
    ],
    loss: (inputs, access) => {
      const [images, labels] = inputs as [Tensor4D, Tensor1D];
      const pass = new ForwardPass(variables, options, 'train', access);
      return meanOverMicroBatches(pass, lastGroup, [images, labels], (part, classes) => {
        const found = logits(pass, cutBatch(pass, part));
        return meanCrossEntropy(pass, lastGroup, found, cutBatch(pass, classes, lastGroup));
      });
    },
    outputs: (inputs, access) =>
      logits(new ForwardPass(variables, options, 'evaluate', access), inputs as readonly Tensor4D[]),
    diagnostics: diagnostics && diagnosticsOf(diagnostics, { variables, options }),
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
