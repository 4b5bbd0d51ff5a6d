/** How large a training step is, as far as a plan needs it: read from the step's graph, or any other count of it. */
import type { Network } from './paper/network.js';
import type { ProtocolOptions } from './paper/protocol-options.js';

export interface StepSize {
  /** Trainable values of one copy. */
  readonly parameters: number;
  /** Bytes at the peak of a step on one device: weights, momentum, activations, gradients. */
  readonly peakBytes: number;
  /** Multiply-adds counted twice. */
  readonly flops: number;
  /** Bytes that operations read and write. */
  readonly bytesMoved: number;
  readonly operations: number;
}

/** Of a network's step on one device. */
export type SizeOf = (network: Network, options: ProtocolOptions, batch: number) => StepSize;
