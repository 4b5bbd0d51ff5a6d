/** A model's training step and its evaluation, compiled on an engine from plain tfjs ops that are the same on every engine. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Compiler, Engine, EngineFunction } from '../engine/engine.js';
import { requireDivisible } from './data-parallel.js';
import { lossAndGradients } from './gradients.js';
import type { Model, Probes } from './model.js';
import { updateWeights, type OptimiserSettings } from './optimiser.js';
import { accessTo, declareVariables, type ModelVariables } from './variables.js';

export interface StepSettings extends OptimiserSettings {
  /** Images a step, over all replicas. */
  readonly batch: number;
  /** Height and width of an image; 32 by default. */
  readonly imageSize?: number;
}

const usualImageSize = 32;

/**
 * Compiles the training step: feeds the model's inputs, and a learning rate []; gives the loss [].
 * @throws Problem BATCH_NOT_DIVISIBLE
 */
export function compileStep<Compiled>(
  engine: Compiler<Compiled>,
  model: Model,
  variables: ModelVariables,
  settings: StepSettings,
): Compiled {
  const { batch, imageSize = usualImageSize } = settings;
  const { operations } = engine;
  requireDivisible(batch, model.parts);
  const signature = [...model.inputs(batch, imageSize), { shape: [], dtype: 'float32' } as const];
  return engine.compile('train', signature, (feeds, access) => {
    const inputs = feeds.slice(0, -1);
    const learningRate = feeds.at(-1) as Tensor;
    const weights = variables.weights.map((weight) => access.read(weight));
    const modelAccess = accessTo(model, variables, operations, access);
    const { loss, gradients } = lossAndGradients(model, weights, inputs, modelAccess);
    updateWeights(model, variables, settings, { weights, gradients, learningRate, operations, access });
    return [loss];
  });
}

/**
 * Compiles evaluation of a batch of fixed size: feeds the model's inputs without the labels; gives logits
 * [batch, classes]. Where the batch's own statistics normalise it, padding would change every logit: compile one function
 * for each batch size there is.
 */
export function compileEvaluation<Compiled>(
  engine: Compiler<Compiled>,
  model: Model,
  variables: Pick<ModelVariables, 'weights' | 'state'>,
  batch: number,
  imageSize = usualImageSize,
): Compiled {
  return engine.compile(`evaluate${batch}`, model.inputs(batch, imageSize).slice(0, -1), (inputs, access) =>
    model.outputs(inputs, accessTo(model, variables, engine.operations, access)),
  );
}

/** Compiles the probes of a model's layers on a batch of fixed size: feeds the inputs without the labels, gives the values of each. */
export const compileProbes = <Compiled>(
  engine: Compiler<Compiled>,
  model: Model,
  probes: Probes,
  variables: Pick<ModelVariables, 'weights' | 'state'>,
  batch: number,
  imageSize = usualImageSize,
): Compiled =>
  engine.compile(`probe${batch}`, model.inputs(batch, imageSize).slice(0, -1), (inputs, access) =>
    probes.values(inputs, accessTo(model, variables, engine.operations, access)),
  );

export interface CompiledTraining extends ModelVariables {
  /** (images, labels, learning rate) -> [loss]. */
  readonly step: EngineFunction;
  /** (images) -> [logits]. */
  readonly evaluate: EngineFunction;
}

/** Variables, training step and evaluation in one. */
export function compileTraining(
  engine: Engine,
  model: Model,
  settings: StepSettings & { readonly evaluationBatch: number; readonly initial: ReadonlyMap<string, Float32Array> },
): CompiledTraining {
  const variables = declareVariables(engine, model, settings.initial);
  return {
    ...variables,
    step: compileStep(engine, model, variables, settings),
    evaluate: compileEvaluation(engine, model, variables, settings.evaluationBatch, settings.imageSize),
  };
}
