/** Small networks of every unit kind, and their losses and gradients on any engine. */
import type { NetworkOptions } from '../../../../experiments/revnet/model/options.js';
import { buildModel } from '../../../../experiments/revnet/model/network.js';
import { networkSchema, type NetworkSpecification } from '../../../../experiments/revnet/model/specification.js';
import type { Engine } from '../../../../harness/engine/engine.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { openTracedEngine, type TracedFunction } from '../../../../harness/engine/traced/index.js';
import { lossAndGradients } from '../../../../harness/model/gradients.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import type { Model } from '../../../../harness/model/model.js';
import { compileStep } from '../../../../harness/model/training-step.js';
import { accessTo, declareVariables } from '../../../../harness/model/variables.js';
import { exampleBatch, type Gradients } from '../../../harness/engine/gradients.js';

export const options: NetworkOptions = {
  backward: 'plain',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'running',
  batchNormDecay: 0.99,
  batchNormReplicas: 'per-replica',
};

/** Thin: `unitsPerStage` units at a few channels. */
export const thin = (
  unit: 'basic' | 'bottleneck',
  unitsPerStage: number,
  channels = '8-8-12-16',
  family: 'resnet' | 'revnet' = 'revnet',
): NetworkSpecification => networkSchema.parse({ family, unit, unitsPerStage, channels, classes: 10 });

export const build = (network: NetworkSpecification, changes: Partial<NetworkOptions> = {}, replicas = 1): Model =>
  buildModel(network, { ...options, ...changes }, replicas);

/** Loss and gradients at the initial weights of seed 3. */
export async function gradientsOn(engine: Engine, model: Model, batch = 4, size = 8): Promise<Gradients> {
  const declared = declareVariables(engine, model, initialise(model, 3));
  const { images, labels } = exampleBatch(batch, size);
  const compiled = engine.compile('gradients', model.inputs(batch, size), (inputs, variables) => {
    const weights = declared.weights.map((weight) => variables.read(weight));
    const access = accessTo(model, declared, engine.operations, variables);
    const { loss, gradients } = lossAndGradients(model, weights, inputs, access);
    return [loss, ...gradients];
  });
  const [loss, ...gradients] = await compiled.run(images, labels);
  return {
    loss: loss?.[0] ?? NaN,
    byName: new Map(model.parameters.map(({ name }, index) => [name, gradients[index] as Float32Array<ArrayBuffer>])),
  };
}

/** The step of momentum on a small batch, with weight decay; placed as the model is, not run. */
export function stepGraphOf(model: Model, batch = 4, imageSize = 8): StepGraph {
  const engine = openTracedEngine({ devices: { kind: 'cores', count: model.devices } });
  try {
    const variables = declareVariables(engine, model, initialise(model, 1));
    const settings = { batch, imageSize, weightDecay: 2e-4, momentum: 0.9, nesterov: false };
    return (compileStep(engine, model, variables, settings) as TracedFunction).graph;
  } finally {
    engine.close();
  }
}
