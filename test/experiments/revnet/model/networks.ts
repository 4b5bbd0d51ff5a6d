/** Small networks of every unit kind, and their losses and gradients on any engine. */
import type { NetworkOptions } from '../../../../experiments/revnet/model/options.js';
import { buildNetwork } from '../../../../experiments/revnet/model/network.js';
import type { Family, NetworkSpecification, UnitKind } from '../../../../experiments/revnet/model/specification.js';
import { DryTracer } from '../../../../harness/engine/dry/dry-tracer.js';
import type { Engine } from '../../../../harness/engine/engine.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { lossAndGradients } from '../../../../harness/model/gradients.js';
import { imageClassifier } from '../../../../harness/model/image-classifier.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import type { Model } from '../../../../harness/model/model.js';
import { placement } from '../../../../harness/model/placement.js';
import { accessTo, declareVariables, modelVariables } from '../../../../harness/model/variables.js';
import { compileStep } from '../../../../harness/model/training-step.js';
import { exampleBatch, type Gradients } from '../../../harness/engine/gradients.js';

export const options: NetworkOptions = {
  backward: 'plain',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'running',
  batchNormDecay: 0.99,
  batchNormReplicas: 'per-replica',
};

/** Of few channels, as Table 2 has them for the stem and the stages. */
export const thin = (
  unit: UnitKind,
  unitsPerStage: number,
  channels: NetworkSpecification['channels'] = [8, 8, 12, 16],
  family: Family = 'revnet',
): NetworkSpecification => ({ family, unit, unitsPerStage, channels, classes: 10 });

/** All of it on one device, or a copy on each of several. */
export const build = (network: NetworkSpecification, changes: Partial<NetworkOptions> = {}, replicas = 1): Model =>
  imageClassifier({ ...buildNetwork(network, { ...options, ...changes }), placement: placement(1, replicas) });

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

/** The step of momentum on a small batch, with weight decay; placed as the model is, traced and not run. */
export function stepGraphOf(model: Model, { ordered = true } = {}): StepGraph {
  const tracer = new DryTracer({ devices: model.devices, ordered });
  const variables = modelVariables(model, (name, shape, device) => tracer.variable(name, shape, device));
  const settings = { batch: 4, imageSize: 8, weightDecay: 2e-4, momentum: 0.9, nesterov: false };
  return compileStep(tracer, model, variables, settings);
}
