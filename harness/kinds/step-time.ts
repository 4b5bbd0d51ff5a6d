/**
 * How long a training step takes before any has run: floating-point work plus memory traffic plus a fixed cost an operation,
 * each over a rate of the device. The rates of a core are fitted to steps of eight residual networks that were measured on
 * one core (docs/reliability.md); a card's are at their usual distance from those.
 */
import type { StepSize } from '../plan/step-size.js';

/** What computes: some cores as one device, or a card. */
export type DeviceKind = { readonly kind: 'cpu'; readonly cores: number } | { readonly kind: 'gpu' };

interface Rates {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly secondsPerOperation: number;
}

/** How 3 x 3 convolutions are computed on CPUs: by TensorFlow's own kernels, or in fewer products. */
export type Convolutions = 'direct' | 'winograd';

/** The floating-point work is the direct form's in both. */
const core: Readonly<Record<Convolutions, Rates>> = {
  direct: { flopsPerSecond: 116e9, bytesPerSecond: 49e9, secondsPerOperation: 1e-6 },
  winograd: { flopsPerSecond: 331e9, bytesPerSecond: 22e9, secondsPerOperation: 1e-6 },
};
const card: Rates = { flopsPerSecond: 10e12, bytesPerSecond: 640e9, secondsPerOperation: 2e-6 };

/** Seconds of a step of that size on one device. */
export function stepSeconds(
  size: Pick<StepSize, 'flops' | 'bytesMoved' | 'operations'>,
  device: DeviceKind,
  convolutions: Convolutions,
): number {
  const rates = device.kind === 'gpu' ? card : core[convolutions];
  const speed = device.kind === 'gpu' ? 1 : device.cores;
  return (
    size.flops / rates.flopsPerSecond / speed +
    size.bytesMoved / rates.bytesPerSecond / speed +
    size.operations * rates.secondsPerOperation
  );
}

/** Part of a training step that evaluating the same images takes: the forward pass of three passes. */
export const forwardShare = 1 / 3;

/** To start a process and its engine, and to trace one step. */
export const startSeconds = 4;
