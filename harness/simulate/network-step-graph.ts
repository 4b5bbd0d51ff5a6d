/**
 * The operations of one training step of any network, layout and protocol: the network's own code, traced without
 * TensorFlow. Importing this file imports tfjs: import it where a graph is needed.
 */
import { DryTracer } from '../engine/dry/dry-tracer.js';
import type { StepGraph } from '../engine/step-graph.js';
import { buildNetwork, type Network } from '../network/network.js';
import type { Layout } from '../network/layout.js';
import type { NetworkSpecification } from '../network/specification.js';
import { compileEvaluation, compileStep, networkVariables, type StepSettings } from '../network/training-step.js';
import { networkOptionsOf, type BuildOptions } from './build-options.js';
import { withoutConstants } from './without-constants.js';

/** Factors, which change no shape: any will do. */
const factors = { weightDecay: 5e-4, momentum: 0.9, nesterov: false, batchNormDecay: 0.9 } as const;

/**
 * One training step, as much of it as takes time. Bytes and shapes are float32, [batch, height, width, channels]; operations in program order.
 * @throws LayoutProblem LAYOUT_INVALID where the layout does not compute the network's operator.
 * @throws Problem BATCH_NOT_DIVISIBLE
 */
export function networkStepGraph(
  network: NetworkSpecification,
  layout: Layout,
  options: BuildOptions,
  batch: number,
): StepGraph {
  const { weightDecayScope = 'weights' } = options;
  const built = buildNetwork(network, networkOptionsOf(options), layout);
  return withoutConstants(dryTrainingStep(built, { batch, weightDecayScope, ...factors }));
}

/** The training step of a network that is built already. @throws Problem BATCH_NOT_DIVISIBLE */
export function dryTrainingStep(network: Network, settings: StepSettings): StepGraph {
  const { tracer, variables } = dryVariables(network);
  return compileStep(tracer, network, variables, settings);
}

/** The evaluation of a batch, on the first copy of the weights. */
export function dryEvaluation(network: Network, batch: number): StepGraph {
  const { tracer, variables } = dryVariables(network);
  return compileEvaluation(tracer, network, variables, batch);
}

function dryVariables(network: Network) {
  const tracer = new DryTracer({ devices: network.devices });
  return {
    tracer,
    variables: networkVariables(network, (name, shape, device) => tracer.variable(name, shape, device)),
  };
}
