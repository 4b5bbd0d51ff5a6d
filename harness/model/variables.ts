/** A model's weights, momentum and running statistics as variables of an engine. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, EngineVariable, VariableAccess } from '../engine/engine.js';
import type { Operations } from '../engine/operations.js';
import type { Model, ModelAccess } from './model.js';
import { elementsOf, type Parameter } from './parameter.js';

/** Arrays are in the order of `model.parameters` and `model.state`. */
export interface ModelVariables {
  readonly weights: readonly EngineVariable[];
  /** Momentum of each weight, named `<weight>/momentum`. */
  readonly accumulators: readonly EngineVariable[];
  readonly state: readonly EngineVariable[];
}

/** What a variable begins with: a weight's own value, or one number everywhere. */
export type InitialValue = { readonly weight: Parameter } | { readonly fill: number };

/** Declares weights, momentum that begins at 0, and running statistics with their initial values. */
export function modelVariables(
  model: Pick<Model, 'parameters' | 'state'>,
  declare: (name: string, shape: readonly number[], device: number, initial: InitialValue) => EngineVariable,
): ModelVariables {
  return {
    weights: model.parameters.map((weight) => declare(weight.name, weight.shape, weight.device, { weight })),
    accumulators: model.parameters.map(({ name, shape, device }) =>
      declare(`${name}/momentum`, shape, device, { fill: 0 }),
    ),
    state: model.state.map(({ name, shape, device, initial }) => declare(name, shape, device, { fill: initial })),
  };
}

/** As `modelVariables` on an engine; `initial`: values of the weights by name. */
export function declareVariables(
  engine: Engine,
  model: Pick<Model, 'parameters' | 'state'>,
  initial: ReadonlyMap<string, Float32Array>,
): ModelVariables {
  return modelVariables(model, (name, shape, device, start) => {
    const size = elementsOf(shape);
    const value = 'weight' in start ? initial.get(start.weight.name) : new Float32Array(size).fill(start.fill);
    if (value?.length !== size) throw new Error(`Internal error: no initial value for ${name}`);
    return engine.variable(name, shape, value, device);
  });
}

/** A model's access to its variables inside a function that an engine compiles. */
export function accessTo(
  model: Pick<Model, 'parameters' | 'state'>,
  variables: Pick<ModelVariables, 'weights' | 'state'>,
  operations: Operations,
  access: VariableAccess,
): ModelAccess {
  const weight = among(model.parameters, variables.weights);
  const state = among(model.state, variables.state);
  return {
    operations,
    weight: (parameter): Tensor => access.read(weight(parameter)),
    state: (wanted): Tensor => access.read(state(wanted)),
    assignState: (wanted, value) => access.assign(state(wanted), value),
  };
}

/** The value at a key's position. */
export function among<Key extends { readonly name: string }, Value>(
  keys: readonly Key[],
  values: readonly Value[],
): (key: Key) => Value {
  const indices = new Map(keys.map((key, index) => [key, index]));
  return (key) => {
    const value = values[indices.get(key) ?? -1];
    if (value === undefined) throw new Error(`Internal error: ${key.name} is not this model's`);
    return value;
  };
}
