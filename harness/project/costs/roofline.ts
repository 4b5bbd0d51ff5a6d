/** Operation costs of a named card: FLOPs, bytes and launches, with every assumption a number that can be varied. */
import type { StepOperation } from '../../engine/step-graph.js';
import { bytesMoved } from '../../engine/step-properties.js';
import type { Card } from './cards.js';
import type { CostTable } from './costs.js';
import { kindOf, type OperationKind } from '../../engine/operation-kind.js';

/** What share of a card's peak figures kernels reach. Assumptions, not measurements. */
export interface Efficiency {
  /** Share of the peak FLOP/s that convolutions reach. */
  readonly convolution: number;
  /** Share of the memory bandwidth that each kind of operation reaches. */
  readonly bandwidth: Readonly<Record<Exclude<OperationKind, 'free'>, number>>;
  /** Microseconds between the starts of two kernels at least: what it takes to launch one. */
  readonly launch: number;
}

/**
 * The hypothesis that the fit starts from: 60 % of the FLOP/s and 75 % of the bandwidth, as well-written kernels reach
 * on large tensors; 5 µs a launch.
 */
export const defaultEfficiency: Efficiency = {
  convolution: 0.6,
  bandwidth: {
    convolution: 0.75,
    'batch-norm': 0.75,
    reduction: 0.75,
    elementwise: 0.75,
    copy: 0.75,
    update: 0.75,
  },
  launch: 5,
};

/** The same share of bandwidth for every kind. */
export const evenBandwidth = (share: number): Efficiency['bandwidth'] => ({
  convolution: share,
  'batch-norm': share,
  reduction: share,
  elementwise: share,
  copy: share,
  update: share,
});

/** Microseconds: the longest of computing, moving the bytes, and launching. Monotone in all of them. */
export function rooflineTime(operation: StepOperation, card: Card, efficiency: Efficiency): number {
  const kind = kindOf(operation.type);
  if (kind === 'free') return 0;
  const computing = operation.flops / (card.teraflops * 1e6 * efficiency.convolution);
  const moving = bytesMoved(operation) / (card.memoryBandwidth * 1e3 * efficiency.bandwidth[kind]);
  return Math.max(computing, moving, efficiency.launch);
}

/** How far a redraw moves each share: by up to a quarter, up or down. */
const spread = 0.25;

/** A cost table from a card's printed figures. */
export function rooflineCosts(card: Card, efficiency: Efficiency = defaultEfficiency, fixedPerStep = 0): CostTable {
  return {
    hardware: { kind: 'gpu', model: card.name },
    source:
      `roofline of a ${card.name}: ${percent(efficiency.convolution)} of ${card.teraflops} TFLOP/s, ` +
      `${percent(efficiency.bandwidth.elementwise)} of ${card.memoryBandwidth} GB/s, ${Number(efficiency.launch.toPrecision(3))} µs a launch`,
    fixedPerStep,
    price: (_graph, operation) => ({ microseconds: rooflineTime(operation, card, efficiency), estimated: false }),
    redrawn: (draw) => {
      const factor = () => 1 + spread * (2 * draw() - 1);
      const bandwidth = evenBandwidth(efficiency.bandwidth.elementwise * factor());
      return rooflineCosts(
        card,
        { convolution: efficiency.convolution * factor(), bandwidth, launch: efficiency.launch * factor() },
        fixedPerStep,
      );
    },
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
