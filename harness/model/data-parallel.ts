/** Data parallelism: every replica has a copy of the weights and computes a part of the batch. */
import { split, type Tensor } from '@tensorflow/tfjs-core';
import { Problem } from '../core/problem.js';
import type { ForwardPass } from './forward-pass.js';
import type { Parameter } from './parameter.js';

/** @throws Problem BATCH_NOT_DIVISIBLE */
export function requireDivisible(batch: number, parts: number): void {
  if (batch % parts !== 0)
    throw new Problem(
      'BATCH_NOT_DIVISIBLE',
      `A batch of ${batch} cannot be cut into ${parts} equal parts`,
      `Choose a batch that is a multiple of ${parts}, or fewer devices or micro-batches.`,
    );
}

/** A part of the batch, the first axis, for each replica; cut on the first device of `group`. */
export function cutBatch<T extends Tensor>({ operations, variables }: ForwardPass, batch: T, group = 0): T[] {
  const { replicas, deviceOf } = variables.placement;
  return replicas === 1 ? [batch] : operations.onDevice(deviceOf(group, 0), () => split(batch, replicas, 0));
}

/** For each weight, the indices of its copies, those of the first replica first. */
export function copiesOf(parameters: readonly Parameter[]): number[][] {
  const byBaseName = new Map<string, number[]>();
  for (const [index, { baseName }] of parameters.entries()) {
    const copies = byBaseName.get(baseName) ?? [];
    copies.push(index);
    byBaseName.set(baseName, copies);
  }
  return [...byBaseName.values()];
}
