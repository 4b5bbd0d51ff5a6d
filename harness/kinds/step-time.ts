/**
 * How long a training step takes before any has run: floating-point work plus memory traffic plus a fixed cost an operation,
 * each over a rate of the device. The rates of a core are fitted to steps of eight residual networks that were measured on
 * one core (within 13 %; floating-point work of the direct convolution, of which Winograd's algorithm does less); a card's are at its usual
 * distance from those.
 */
import type { StepSize } from '../plan/step-size.js';

/** What computes: some cores as one device, or a card. */
export type DeviceKind = { readonly kind: 'cpu'; readonly cores: number } | { readonly kind: 'gpu' };

interface Rates {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly secondsPerOperation: number;
}

const core: Rates = { flopsPerSecond: 331e9, bytesPerSecond: 22e9, secondsPerOperation: 1e-6 };
const card: Rates = { flopsPerSecond: 10e12, bytesPerSecond: 640e9, secondsPerOperation: 2e-6 };

/** Seconds of a step of that size on one device. */
export function stepSeconds(size: Pick<StepSize, 'flops' | 'bytesMoved' | 'operations'>, device: DeviceKind): number {
  const rates = device.kind === 'gpu' ? card : core;
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
