/** A closer look at a training step: quantities beside its loss, computed on a batch and changing nothing. */
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Compiler } from '../engine/engine.js';
import { cutBatch } from './data-parallel.js';
import type { PlacedVariables } from './declaration.js';
import { ForwardPass, type Shards } from './forward-pass.js';
import { lossAndGradients } from './gradients.js';
import { meanCrossEntropy } from './layers/classifier.js';
import type { Diagnostics, Model, ModelAccess } from './model.js';
import { accessTo, type ModelVariables } from './variables.js';

/** How a network's logits come of images, part by part. */
export type ImageLogits<Options> = (pass: ForwardPass<Options>, images: Shards) => Tensor2D[];

/** A training step of an image classifier, for diagnostics of it. */
export interface ObservedStep<Options> {
  readonly images: Shards;
  /** A forward pass in training mode. */
  readonly pass: () => ForwardPass<Options>;
  /** Gradients of the mean loss for each of the network's weights, where its logits are computed in this way. */
  readonly gradients: (logits: ImageLogits<Options>) => readonly Tensor[];
}

/** What an image classifier wants to have looked at. */
export interface ClassifierDiagnostics<Options> {
  readonly names: readonly string[];
  readonly values: (step: ObservedStep<Options>) => Scalar[];
}

/** @param classifier the classifier's variables as they are placed, and its options */
export function diagnosticsOf<Options>(
  { names, values }: ClassifierDiagnostics<Options>,
  { variables, options }: { readonly variables: PlacedVariables; readonly options: Options },
): Diagnostics {
  return {
    names,
    values: ([images, labels], given) => {
      const access = { ...given, assignState: () => undefined };
      const pass = (own: ModelAccess = access) => new ForwardPass(variables, options, 'train', own);
      const cut = cutBatch(pass(), images as Tensor4D);
      return values({
        images: cut,
        pass,
        gradients: (logits) => {
          const loss = (_: readonly Tensor[], own: ModelAccess): Scalar => {
            const running = pass(own);
            const found = logits(running, cut);
            return meanCrossEntropy(running, 0, found, cutBatch(running, labels as Tensor1D));
          };
          const weights = variables.parameters.map((parameter) => access.weight(parameter));
          return lossAndGradients({ parameters: variables.parameters, loss }, weights, [], access).gradients;
        },
      });
    },
  };
}

/** Compiles a model's diagnostics on a batch of fixed size: feeds what a step is fed but the rate, gives a scalar a name. */
export const compileDiagnostics = <Compiled>(
  engine: Compiler<Compiled>,
  model: Model,
  diagnostics: Diagnostics,
  variables: Pick<ModelVariables, 'weights' | 'state'>,
  { batch, imageSize = 32 }: { readonly batch: number; readonly imageSize?: number },
): Compiled =>
  engine.compile('diagnose', model.inputs(batch, imageSize), (inputs, access) =>
    diagnostics.values(inputs, accessTo(model, variables, engine.operations, access)),
  );
