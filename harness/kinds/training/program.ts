/** What the trainer needs of a compiled network and of its data: small enough that a test can be one. */
import type { StepProfile } from '../../engine/step-graph.js';
import type { Opened } from '../run-context.js';
import type { NamedTensor } from './safetensors.js';

/** One batch as it is fed: whitened pixels [batch, 32, 32, 3] and classes [batch]. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

export interface Program {
  /** Trainable parameters. */
  readonly parameters: number;
  /** One training step; resolves to its mean loss, in nats. The batch may be overwritten once this has returned a promise. */
  step(batch: Batch, learningRate: number): Promise<number>;
  /** Logits [batch, classes] of a validation batch of any size. */
  evaluate(batch: Batch): Promise<Float32Array>;
  /** The network's diagnostics on a training batch, by name; undefined where it has none. */
  diagnose?: ((batch: Batch) => Promise<ReadonlyMap<string, number>>) | undefined;
  /** What the network's layers let one look at, by name: the mean over the images of a validation batch. */
  probe?: ((batch: Batch) => Promise<ReadonlyMap<string, number>>) | undefined;
  /** Profiles real steps, so weights change; undefined where the engine cannot. */
  profile?: ((batch: Batch, learningRate: number) => Promise<StepProfile>) | undefined;
  /** Weights, momentum and running statistics, always in the same order. */
  readState(): Promise<NamedTensor[]>;
  /** @throws Problem CHECKPOINT_INVALID where names or shapes are not this network's. */
  writeState(tensors: readonly NamedTensor[]): Promise<void>;
}

/** A part of a training with one network. A training of one network has one phase. */
export interface TrainingPhase {
  /** Steps done when it begins; 0 for the first. */
  readonly begin: number;
  /** Compiles its network, with the initial values of a new one; called once the phase is to be trained. */
  readonly open: () => Program;
  /** What its network begins with, from the state that the phase before ended with and its own initial state; null for the first. */
  readonly grow: ((before: readonly NamedTensor[], initial: readonly NamedTensor[]) => NamedTensor[]) | null;
}

export interface TrainingData {
  /** Images in the training set as used: what an epoch is. */
  readonly images: number;
  /**
   * The batch of a step, counted from 0: a function of the seed and the step alone. Asked for one step after the other;
   * the next one is made ready while the device works on this one.
   */
  batch(step: number): Batch | Promise<Batch>;
}

export interface ValidationData {
  readonly images: number;
  readonly classes: number;
  /** Every image once, in an order that never changes. A batch is valid until the one after the next is asked for. */
  batches(): AsyncIterable<Batch> | Iterable<Batch>;
}

/** What a training has open. */
export interface TrainingParts extends Opened {
  /** Opens data; called once the attempt has been announced. */
  prepare(): Promise<{
    /** In their order. */
    readonly phases: readonly TrainingPhase[];
    readonly training: TrainingData;
    readonly validation: ValidationData;
  }>;
}
