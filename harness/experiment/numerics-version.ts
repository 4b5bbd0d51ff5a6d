/** Which version of the numbers a cell has: raised by hand where results change, and only for the cells that it changes. */
import type { Cell } from './cell.js';
import type { ProtocolOptions } from './protocol-file.js';

/**
 * The newest. A golden test fails when losses move without it.
 * 1: the first. 2: `released` reverses kernels in width and input channels, as the TensorFlow code does (it had been height
 * and width, which is called `port` now), and windows begin at 0 … N - batch - 1, as there (it had been 0 … N - batch).
 */
export const numericsVersion = 2;

type Scope = Partial<ProtocolOptions>;

/** The version of a cell, from the options that apply to it. */
export function numericsVersionOf(kind: Cell['kind'], { derivative, batches }: Scope): number {
  // Which window a batch is has no part in how long a step takes.
  return derivative === 'released' || (kind === 'error' && batches === 'window') ? 2 : 1;
}

/** The options under the names that they had in that version, so that what was measured then is found. */
export const namedIn = (version: number, scope: Scope): Scope =>
  version === 1 && scope.derivative === 'port' ? { ...scope, derivative: 'released' } : scope;
