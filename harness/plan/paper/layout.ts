/** Which part of a step runs on which device, read from a paper's notation: what the program needs of it, whatever the notation. */
import { Problem } from '../../core/problem.js';
import type { Model } from '../../model/model.js';
import type { ProtocolOptions } from './protocol-options.js';

/** A layout of one network, checked. */
export interface Layout {
  /** Spaces, primes and coefficients in one way, so that equal layouts are equal texts. */
  readonly text: string;
  /** Logical devices it needs. */
  readonly devices: number;
  /** Equal parts that the batch is cut into, each with a copy of all weights; 1 without data parallelism. */
  readonly replicas: number;
  /** The network so placed, under a protocol's options, once `Paper.loadModels` is done. */
  build(options: ProtocolOptions): Model;
  /** As jobs and plans store it. */
  toJSON(): string;
}

/** A layout that cannot be read or does not fit its network, with the place inside the layout's text. */
export class LayoutProblem extends Problem {
  constructor(
    message: string,
    hint: string,
    /** First character of the part that is wrong, from 0. */
    readonly offset: number,
    /** Characters to underline, at least 1. */
    readonly length: number,
  ) {
    super('LAYOUT_INVALID', message, hint);
  }
}
