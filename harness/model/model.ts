/** A network as training, evaluation and tracing need it. A paper builds one; nothing here knows which. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { TensorSpecification } from '../engine/engine.js';
import type { Operations } from '../engine/operations.js';
import { elementsOf, type Parameter, type State } from './parameter.js';

/** What a model may use while its loss or its outputs are built. */
export interface ModelAccess {
  readonly operations: Operations;
  /** The value of a weight; the same tensor at every call. */
  readonly weight: (parameter: Parameter) => Tensor;
  /** The value of a running statistic before the step. */
  readonly state: (state: State) => Tensor;
  /** Sets a running statistic when the step is done. `value` has to be off the tape. */
  readonly assignState: (state: State, value: Tensor) => void;
}

export interface Model {
  /** Logical devices it is placed on. */
  readonly devices: number;
  /** Equal parts that a training batch is cut into: for its replicas, and for their micro-batches. */
  readonly parts: number;
  /** Replica by replica, every replica in the same order. */
  readonly parameters: readonly Parameter[];
  /** Running statistics; empty where evaluation does without. */
  readonly state: readonly State[];
  /** What a step on `batch` images of `imageSize` x `imageSize` is fed; the last of these are the labels. */
  inputs(batch: number, imageSize: number): TensorSpecification[];
  /**
   * The mean loss over the whole batch, [], in training mode. Cuts the batch into its parts itself, and updates running
   * statistics. Differentiable in the weights.
   */
  loss(inputs: readonly Tensor[], access: ModelAccess): Scalar;
  /** Evaluates with the first copy of the weights: `inputs` without the labels to logits [batch, classes]. */
  outputs(inputs: readonly Tensor[], access: ModelAccess): Tensor[];
  /** What is looked at on the way through a training; undefined for most. */
  readonly diagnostics?: Diagnostics | undefined;
  /** What its layers let one look at when it evaluates; undefined for most. */
  readonly probes?: Probes | undefined;
}

/** Quantities of a training step beside its loss; computing them changes nothing. */
export interface Diagnostics {
  /** In their order. */
  readonly names: readonly string[];
  /** Of a step's inputs. */
  values(inputs: readonly Tensor[], access: ModelAccess): Scalar[];
}

export interface Probes {
  readonly names: readonly string[];
  /** For each name a number of each image, [batch]; `inputs` without the labels. */
  values(inputs: readonly Tensor[], access: ModelAccess): Tensor[];
}

/** Trained values of one replica. */
export const parameterCount = ({ parameters }: Pick<Model, 'parameters'>): number =>
  parameters.filter(({ replica }) => replica === 0).reduce((total, { shape }) => total + elementsOf(shape), 0);
