/** Stochastic gradient descent with momentum and L2 weight decay. */
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { VariableAccess } from '../engine/engine.js';
import type { Operations } from '../engine/operations.js';
import { copiesOf } from './data-parallel.js';
import type { Model } from './model.js';
import type { ModelVariables } from './variables.js';

export interface OptimiserSettings {
  /** Adds `weightDecay * w` to the gradients of the weights that are decayed, before momentum. */
  readonly weightDecay: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** What a step has worked out; `weights` and `gradients` are in the order of `model.parameters`. */
export interface StepGradients {
  readonly weights: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** [] */
  readonly learningRate: Tensor;
  readonly operations: Operations;
  readonly access: VariableAccess;
}

/**
 * Updates every weight on the device that holds it. Gradients of the replicas are added on the first one's device (the
 * loss is a mean over the whole batch, so that this averages them), and every copy is updated with the sum.
 */
export function updateWeights(
  model: Pick<Model, 'parameters'>,
  variables: ModelVariables,
  settings: OptimiserSettings,
  { weights, gradients, learningRate, operations, access }: StepGradients,
): void {
  const { weightDecay, momentum, nesterov } = settings;
  for (const copies of copiesOf(model.parameters)) {
    const [first = -1] = copies;
    const parameter = model.parameters[first];
    const weight = weights[first];
    const parts = copies.flatMap((index) => gradients[index] ?? []);
    if (!parameter || !weight || parts.length !== copies.length)
      throw new Error(`Internal error: no gradient of ${parameter?.name}`);
    const gradient = operations.onDevice(parameter.device, () => {
      const averaged = parts.reduce((total, part) => add(total, part));
      // A weight that groups share is decayed once.
      return parameter.decayed && weightDecay !== 0 ? add(averaged, mul(weight, weightDecay)) : averaged;
    });
    for (const index of copies) {
      const copy = variables.weights[index];
      const accumulator = variables.accumulators[index];
      if (!copy || !accumulator) throw new Error(`Internal error: no copy ${index} of ${parameter.name}`);
      operations.onDevice(copy.device, () => {
        access.applyMomentum(copy, accumulator, gradient, learningRate, momentum, nesterov);
      });
    }
  }
}
