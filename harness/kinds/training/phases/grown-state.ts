/** The state that a grown network begins with. */
import { replicaOf } from '../../../model/declaration.js';
import type { Transfer } from '../../../model/transfer.js';
import { Problem } from '../../../core/problem.js';
import type { NamedTensor } from '../safetensors.js';

const momentumPrefix = 'momentum/';

/**
 * Weights, momentum and running statistics of a network, from those of the one that it is grown from. Momentum is carried
 * as it is, whatever its weight is multiplied by.
 * @param before the state that the smaller network was trained to
 * @param initial of the new network, in the order of the result
 * @throws Problem CHECKPOINT_INVALID where the state before lacks a value that is to be copied
 */
export function grownState(
  before: readonly NamedTensor[],
  initial: readonly NamedTensor[],
  { sourceOf, momentum }: Transfer,
): NamedTensor[] {
  const known = new Map(before.map((tensor) => [tensor.name, tensor]));
  return initial.map((tensor) => {
    const isMomentum = tensor.name.startsWith(momentumPrefix);
    if (isMomentum && momentum === 'fresh') return tensor;
    const { prefix, baseName } = replicaOf(isMomentum ? tensor.name.slice(momentumPrefix.length) : tensor.name);
    const source = sourceOf(baseName);
    if (source === null) return tensor;
    const name = `${isMomentum ? momentumPrefix : ''}${prefix}${source.name}`;
    const found = known.get(name);
    if (found?.shape.join() !== tensor.shape.join())
      throw new Problem(
        'CHECKPOINT_INVALID',
        `The network before has no ${name} of shape [${tensor.shape.join(', ')}]`,
      );
    const factor = isMomentum ? 1 : source.factor;
    return { ...tensor, values: found.values.map((value) => value * factor) };
  });
}
