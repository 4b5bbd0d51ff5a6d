/** Forward and backward pass of a training step. */
import { valueAndGrads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
// tfjs derives no backward pass without its gradient functions, which only the umbrella package registers under Node:
// tfjs-core's own `register_all_gradients.js` has imports without extensions, which Node refuses.
import '@tensorflow/tfjs';
import type { Model, ModelAccess } from './model.js';
import { among } from './variables.js';

export interface LossAndGradients {
  /** Mean loss over the whole batch, [], without the decay term. */
  readonly loss: Scalar;
  /** Of `loss`, for each of `model.parameters`: copies of data parallelism have the gradient of their own part. */
  readonly gradients: readonly Tensor[];
}

/** `weights` are the values of `model.parameters`; running statistics are updated during the forward pass. */
export function lossAndGradients(
  model: Pick<Model, 'parameters' | 'loss'>,
  weights: readonly Tensor[],
  inputs: readonly Tensor[],
  access: Omit<ModelAccess, 'weight'>,
): LossAndGradients {
  const lossOf = (...values: Tensor[]): Scalar =>
    model.loss(inputs, { ...access, weight: among(model.parameters, values) });
  const { value, grads } = valueAndGrads(lossOf)([...weights]);
  return { loss: value, gradients: grads };
}
