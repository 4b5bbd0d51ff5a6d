/** What is used of a `tf.LayersModel`; some of it is private in tfjs's types. */
import type { LayersModel, ModelCompileArgs } from '@tensorflow/tfjs-layers';
import type { Optimizer, Tensor } from '@tensorflow/tfjs-core';

export type TrainableModel = LayersModel;

/** Loss, gradients, update and metrics of one batch; the data are inputs, targets and sample weights. */
export type TrainFunction = (data: (Tensor | null)[]) => Tensor[];

export interface ModelParts {
  /** Of a sequential model that is built: the model that does its work. */
  readonly model?: ModelParts;
  optimizer_: Optimizer | undefined;
  loss: ModelCompileArgs['loss'] | undefined;
  testFunction: TrainFunction;
  /** The function of one training batch, made anew at every call. */
  makeTrainFunction(): TrainFunction;
  /** Sets `testFunction`. */
  makeTestFunction(): void;
}

export const partsOf = (model: TrainableModel): ModelParts => model as unknown as ModelParts;
