/** A model's weights, momentum and running statistics as variables of an engine. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, EngineVariable, VariableAccess } from '../engine/engine.js';
import type { Operations } from '../engine/operations.js';
import type { Model, ModelAccess } from './model.js';
import { elementsOf } from './parameter.js';

/** Arrays are in the order of `model.parameters` and `model.state`. */
export interface ModelVariables {
  readonly weights: readonly EngineVariable[];
  /** Momentum of each weight, named `<weight>/momentum`. */
  readonly accumulators: readonly EngineVariable[];
  readonly state: readonly EngineVariable[];
}

/** Declares weights with their initial values by name, zero momentum, and running statistics with theirs. */
export function declareVariables(
  engine: Engine,
  model: Pick<Model, 'parameters' | 'state'>,
  initial: ReadonlyMap<string, Float32Array>,
): ModelVariables {
  const weights = model.parameters.map(({ name, shape, device }) => {
    const value = initial.get(name);
    if (value?.length !== elementsOf(shape)) throw new Error(`Internal error: no initial value for ${name}`);
    return engine.variable(name, shape, value, device);
  });
  const accumulators = model.parameters.map(({ name, shape, device }) =>
    engine.variable(`${name}/momentum`, shape, new Float32Array(elementsOf(shape)), device),
  );
  const state = model.state.map(({ name, shape, device, initial: value }) =>
    engine.variable(name, shape, new Float32Array(elementsOf(shape)).fill(value), device),
  );
  return { weights, accumulators, state };
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
