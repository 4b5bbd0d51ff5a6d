/** How large a training step is, as far as a plan needs it: read from the step's graph, or any other count of it. */
import type { Layout } from './paper/layout.js';
import type { Network } from './paper/network.js';
import type { ProtocolOptions } from './paper/protocol-options.js';

export interface StepSize {
  /** Trainable values of one copy. */
  readonly parameters: number;
  /**
   * Bytes at the peak of a step on one device: weights, momentum, activations, gradients, and what the process needs beside
   * them. Under a layout, those of the device that has most, without what a process needs.
   */
  readonly peakBytes: number;
  /** Multiply-adds counted twice. */
  readonly flops: number;
  /** Bytes that operations read and write. */
  readonly bytesMoved: number;
  readonly operations: number;
  /**
   * Names the distinct operations (type, attributes, shapes for one image) of the step of a network of several repetitions:
   * equal for networks whose operations cost the same, at equal batches.
   */
  readonly distinctOperations: string;
}

/** Of a network's step, on one device or under a layout. */
export type SizeOf = (network: Network, options: ProtocolOptions, batch: number, layout?: Layout) => StepSize;
