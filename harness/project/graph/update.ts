/** The last part of a step: averaging over replicas, weight decay, momentum. */
import type { StepRecorder, Symbolic } from './recorder.js';

/**
 * Updates every copy of every weight with one momentum kernel where it lives. The gradients of the copies are added and
 * the decay of kernels and classifier weights is added to them where the first copy lives: the loss is a mean over the
 * whole batch, so that the sum is the gradient.
 */
export function updateWeights(
  r: StepRecorder,
  copies: readonly (readonly Symbolic[])[],
  gradientOf: (weight: Symbolic) => Symbolic | undefined,
): void {
  r.pass = 'update';
  const [first = []] = copies;
  for (const [index, weight] of first.entries()) {
    const replicas = copies.flatMap((copy) => copy[index] ?? []);
    const gradients = replicas.flatMap((replica) => gradientOf(replica) ?? []);
    if (gradients.length === 0) continue;
    const gradient = r.onDevice(r.deviceOf(weight), () => {
      const sum = gradients.reduce((total, part) => r.emitOne('AddV2', [total, part], weight.shape));
      if (weight.shape.length === 1) return sum;
      return r.emitOne('AddV2', [sum, r.emitOne('Mul', [weight], weight.shape)], weight.shape);
    });
    for (const copy of replicas)
      r.onDevice(r.deviceOf(copy), () => r.emit('ResourceApplyMomentum', [copy, gradient], []));
  }
}
