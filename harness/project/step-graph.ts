/**
 * The operations of one step of any model, from the model's own code traced without TensorFlow. Importing this file imports
 * tfjs: import it where a graph is needed.
 */
import { DryTracer } from '../engine/dry/dry-tracer.js';
import type { StepGraph } from '../engine/step-graph.js';
import type { Model } from '../model/model.js';
import { compileEvaluation, compileStep, type StepSettings } from '../model/training-step.js';
import { modelVariables } from '../model/variables.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { withoutConstants } from './without-constants.js';

/** Changes no shape: any will do. */
const weightDecay = 5e-4;

/**
 * One training step, as much of it as takes time, once the paper's models are loaded. Bytes and shapes are float32,
 * [batch, height, width, channels]; operations in program order.
 * @throws Problem BATCH_NOT_DIVISIBLE
 */
export function trainingStepGraph(layout: Layout, protocol: Protocol, batch: number): StepGraph {
  const { momentum, nesterov } = protocol;
  return withoutConstants(dryTrainingStep(layout.build(protocol), { batch, weightDecay, momentum, nesterov }));
}

/** The training step of a model. @throws Problem BATCH_NOT_DIVISIBLE */
export function dryTrainingStep(model: Model, settings: StepSettings): StepGraph {
  const { tracer, variables } = dryVariables(model);
  return compileStep(tracer, model, variables, settings);
}

/** The evaluation of a batch, on the first copy of the weights. */
export function dryEvaluation(model: Model, batch: number): StepGraph {
  const { tracer, variables } = dryVariables(model);
  return compileEvaluation(tracer, model, variables, batch);
}

function dryVariables(model: Model) {
  const tracer = new DryTracer({ devices: model.devices });
  return { tracer, variables: modelVariables(model, (name, shape, device) => tracer.variable(name, shape, device)) };
}
