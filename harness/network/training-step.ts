/** One training step in plain tfjs ops, the same on every engine: loss, gradients, weight decay, momentum, running averages. */
import {
  add,
  mul,
  split,
  sum,
  valueAndGrads,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Compiler, Engine, EngineFunction, EngineVariable, VariableAccess } from '../engine/engine.js';
import { Problem } from '../problem.js';
import type { Network } from './network.js';
import type { Operations } from './operations.js';
import type { Parameter, Statistic } from './parameters.js';

export interface StepSettings {
  /** Images a step, over all replicas. */
  readonly batch: number;
  readonly weightDecay: number;
  /** A16: everything trainable; kernels and classifier weights; those and the classifier's bias. */
  readonly weightDecayScope: 'all' | 'weights' | 'weights-and-bias';
  readonly momentum: number;
  readonly nesterov: boolean;
  /** What running averages keep of themselves in a step. */
  readonly batchNormDecay: number;
  /** Height and width of an image; 32 by default. */
  readonly imageSize?: number;
}

/** A network's state on an engine; arrays are in the order of `network.parameters` and `network.statistics`. */
export interface NetworkVariables {
  readonly weights: readonly EngineVariable[];
  /** Momentum of each weight, named `<weight>/momentum`. */
  readonly accumulators: readonly EngineVariable[];
  readonly statistics: readonly EngineVariable[];
}

/** The value that a variable begins with: one of its own (a weight's), or the same number everywhere. */
export type InitialValue = { readonly weight: Parameter } | { readonly fill: number };

/** Declares weights, momentum that begins at 0, and running averages that begin with mean 0 and variance 1. */
export function networkVariables(
  network: Network,
  declare: (name: string, shape: readonly number[], device: number, initial: InitialValue) => EngineVariable,
): NetworkVariables {
  return {
    weights: network.parameters.map((weight) => declare(weight.name, weight.shape, weight.device, { weight })),
    accumulators: network.parameters.map(({ name, shape, device }) =>
      declare(`${name}/momentum`, shape, device, { fill: 0 }),
    ),
    statistics: network.statistics.map(({ name, kind, channels, device }) =>
      declare(name, [channels], device, { fill: kind === 'mean' ? 0 : 1 }),
    ),
  };
}

/** As `networkVariables` on an engine; `initial`: values of the weights by name. */
export function declareVariables(
  engine: Engine,
  network: Network,
  initial: ReadonlyMap<string, Float32Array>,
): NetworkVariables {
  return networkVariables(network, (name, shape, device, start) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const value = 'weight' in start ? initial.get(start.weight.name) : new Float32Array(size).fill(start.fill);
    if (value?.length !== size) throw new Error(`Internal error: no initial value for ${name}`);
    return engine.variable(name, shape, value, device);
  });
}

export interface LossAndGradients {
  /** Mean cross-entropy over the whole batch in nats, without the decay term. */
  readonly loss: Scalar;
  /** Of `loss`, for each of `network.parameters`: copies of data parallelism have the gradient of their own part. */
  readonly gradients: readonly Tensor[];
}

/**
 * Forward and backward pass. `images` [batch, height, width, 3] and `labels` [batch] are cut into as many parts as the
 * network has replicas; `onStatistic` is told of the batch's statistics during the forward pass.
 */
export function lossAndGradients(
  network: Network,
  operations: Operations,
  weights: readonly Tensor[],
  images: Tensor4D,
  labels: Tensor1D,
  onStatistic?: (statistic: Statistic, value: Tensor1D) => void,
): LossAndGradients {
  const indices = new Map(network.parameters.map((parameter, index) => [parameter, index]));
  const batch = images.shape[0];
  const cut = <T extends Tensor>(tensor: T): T[] =>
    network.replicas === 1 ? [tensor] : operations.onDevice(0, () => split(tensor, network.replicas, 0));

  const lossOf = (...values: Tensor[]): Scalar => {
    const logits = network.apply({
      operations,
      mode: 'train',
      images: cut(images),
      weight: (parameter: Parameter) => {
        const value = values[indices.get(parameter) ?? -1];
        if (!value) throw new Error(`Internal error: no value for ${parameter.name}`);
        return value;
      },
      statistic: () => {
        throw new Error('Internal error: training asked for a running average');
      },
      ...(onStatistic ? { onStatistic } : {}),
    });
    const parts = cut(labels);
    const losses = logits.map((part, replica) => {
      const classes = parts[replica];
      if (!classes) throw new Error('Internal error: more parts of logits than of labels');
      return operations.onDevice(replica, () => mul<Scalar>(sum(operations.crossEntropy(part, classes)), 1 / batch));
    });
    return operations.onDevice(0, () => losses.reduce((total, loss) => add(total, loss)));
  };
  const { value, grads } = valueAndGrads(lossOf)([...weights]);
  return { loss: value, gradients: grads };
}

/**
 * Compiles the training step: feeds images [batch, size, size, 3], labels [batch], learning rate []; gives the loss [].
 * Gradients of the replicas are added on the first device (the loss is a mean over the whole batch, so that this
 * averages them), and every copy is updated with the sum.
 * @throws Problem BATCH_NOT_DIVISIBLE
 */
export function compileStep<Compiled>(
  engine: Compiler<Compiled>,
  network: Network,
  variables: NetworkVariables,
  settings: StepSettings,
): Compiled {
  const { batch, imageSize = 32 } = settings;
  const { operations } = engine;
  if (batch % network.replicas !== 0)
    throw new Problem(
      'BATCH_NOT_DIVISIBLE',
      `A batch of ${batch} cannot be cut into ${network.replicas} equal parts`,
      `Choose a batch that is a multiple of ${network.replicas}, or fewer devices.`,
    );
  const copies = network.parameters.length / network.replicas;

  const body = (inputs: Tensor[], access: VariableAccess): Tensor[] => {
    const [images, labels, learningRate] = inputs as [Tensor4D, Tensor1D, Scalar];
    const weights = variables.weights.map((weight) => access.read(weight));
    const { loss, gradients } = lossAndGradients(network, operations, weights, images, labels, (statistic, value) => {
      const variable = variables.statistics[network.statistics.indexOf(statistic)];
      if (!variable) throw new Error(`Internal error: no variable for ${statistic.name}`);
      const decayed = mul(access.read(variable), settings.batchNormDecay);
      access.assign(variable, add(decayed, mul(value, 1 - settings.batchNormDecay)));
    });

    for (const [index, parameter] of network.parameters.slice(0, copies).entries()) {
      const replicas = Array.from({ length: network.replicas }, (_, replica) => index + replica * copies);
      const weight = weights[index];
      const parts = replicas.flatMap((at) => gradients[at] ?? []);
      if (!weight || parts.length !== replicas.length)
        throw new Error(`Internal error: no gradient of ${parameter.name}`);
      const gradient = operations.onDevice(parameter.device, () => {
        const averaged = parts.reduce((total, part) => add(total, part));
        return isDecayed(parameter, settings) ? add(averaged, mul(weight, settings.weightDecay)) : averaged;
      });
      for (const at of replicas) {
        const copy = variables.weights[at];
        const accumulator = variables.accumulators[at];
        if (!copy || !accumulator) throw new Error(`Internal error: no copy ${at} of ${parameter.name}`);
        operations.onDevice(copy.device, () => {
          access.applyMomentum(copy, accumulator, gradient, learningRate, settings.momentum, settings.nesterov);
        });
      }
    }
    return [loss];
  };
  const image = { shape: [batch, imageSize, imageSize, 3], dtype: 'float32' } as const;
  return engine.compile('train', [image, { shape: [batch], dtype: 'int32' }, { shape: [], dtype: 'float32' }], body);
}

/** Whether L2 decay (gradient `weightDecay * w`, added before momentum) covers a weight. Shared kernels are decayed once. */
function isDecayed({ role }: Parameter, settings: StepSettings): boolean {
  if (settings.weightDecay === 0) return false;
  switch (settings.weightDecayScope) {
    case 'all':
      return true;
    case 'weights-and-bias':
      return role === 'convolution' || role === 'classifier-weights' || role === 'classifier-bias';
    case 'weights':
      return role === 'convolution' || role === 'classifier-weights';
  }
}

/**
 * Compiles evaluation of a batch of fixed size: feeds images [batch, size, size, 3]; gives logits [batch, classes].
 * It runs on the first copy of the weights. Where the batch's own statistics normalise it, padding would change every
 * logit: compile one function for each batch size there is.
 */
export function compileEvaluation<Compiled>(
  engine: Compiler<Compiled>,
  network: Network,
  variables: NetworkVariables,
  batch: number,
  imageSize = 32,
): Compiled {
  const valueIn = <Key>(keys: readonly Key[], values: readonly EngineVariable[], access: VariableAccess) => {
    const indices = new Map(keys.map((key, index) => [key, index]));
    return (key: Key): Tensor => {
      const variable = values[indices.get(key) ?? -1];
      if (!variable) throw new Error('Internal error: a network asked for a weight that is not its own');
      return access.read(variable);
    };
  };
  return engine.compile(
    `evaluate${batch}`,
    [{ shape: [batch, imageSize, imageSize, 3], dtype: 'float32' }],
    (inputs, access) => {
      const statistic = valueIn(network.statistics, variables.statistics, access);
      return network.apply({
        operations: engine.operations,
        mode: 'evaluate',
        images: inputs as Tensor4D[],
        weight: valueIn(network.parameters, variables.weights, access),
        statistic: (wanted) => statistic(wanted) as Tensor1D,
      });
    },
  );
}

export interface CompiledTraining extends NetworkVariables {
  /** (images, labels, learning rate) -> [loss]. */
  readonly step: EngineFunction;
  /** (images) -> [logits]. */
  readonly evaluate: EngineFunction;
}

/** Variables, training step and evaluation in one. */
export function compileTraining(
  engine: Engine,
  network: Network,
  settings: StepSettings & { readonly evaluationBatch: number; readonly initial: ReadonlyMap<string, Float32Array> },
): CompiledTraining {
  const variables = declareVariables(engine, network, settings.initial);
  return {
    ...variables,
    step: compileStep(engine, network, variables, settings),
    evaluate: compileEvaluation(engine, network, variables, settings.evaluationBatch, settings.imageSize),
  };
}
