/** What a paper measures of a network's weights beside errors and step times: at several steps of a training, on a few batches. */
import type { Engine } from '../../engine/engine.js';
import type { Model } from '../../model/model.js';
import type { ModelVariables } from '../../model/variables.js';
import type { Network } from './network.js';
import type { ProtocolOptions } from './protocol-options.js';

/** A network as it is being trained: what is compiled from it sees the weights as they are when it runs. */
export interface AnalysedNetwork {
  readonly engine: Engine;
  readonly network: Network;
  readonly options: ProtocolOptions;
  readonly model: Model;
  readonly variables: ModelVariables;
  /** Images of every batch. */
  readonly batch: number;
}

/** One batch: whitened pixels [batch, 32, 32, 3] and classes [batch]. */
export interface AnalysedBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** One number. */
export interface AnalysedValue {
  /** What it is: `remainder`. */
  readonly quantity: string;
  /** Where in the network. */
  readonly place: string;
  /** Under which variation of the measurement. */
  readonly variant: string;
  /** The batch that it was measured on, from 0. */
  readonly sample: number;
  readonly value: number;
  /** `ratio`, `degrees`, `cosine`, `count`. */
  readonly unit: string;
}

export interface Analysis {
  /** As matrices name it. */
  readonly name: string;
  /** What it measures, for people. */
  readonly describes: string;
  /** Imports what measures; given a network, compiles it. Values come in the same order at every call. */
  load(): Promise<(network: AnalysedNetwork) => (batches: readonly AnalysedBatch[]) => Promise<AnalysedValue[]>>;
}
