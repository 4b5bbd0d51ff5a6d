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
  /** Weights, momentum and running statistics, always in the same order. */
  readState(): Promise<NamedTensor[]>;
  /** @throws Problem CHECKPOINT_INVALID where names or shapes are not this network's. */
  writeState(tensors: readonly NamedTensor[]): Promise<void>;
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
  /** Opens data and compiles; called once the attempt has been announced. */
  prepare(): Promise<{
    readonly program: Program;
    readonly training: TrainingData;
    readonly validation: ValidationData;
    /** Profiles real steps, so weights change; undefined where the engine cannot. */
    readonly profile?: (() => Promise<StepProfile>) | undefined;
  }>;
}
