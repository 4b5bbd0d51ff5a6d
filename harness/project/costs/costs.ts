/** What operations cost: measured on a machine, or from the roofline of a named card. CPU and GPU figures never meet. */
import type { StepGraph, StepOperation } from '../../engine/step-graph.js';
import { Problem } from '../../core/problem.js';

export interface Hardware {
  readonly kind: 'cpu' | 'gpu';
  readonly model: string;
}

/** A price, microseconds. `estimated`: from similar operations, because this one was not measured. */
export interface Price {
  readonly microseconds: number;
  readonly estimated: boolean;
}

export interface CostTable {
  readonly hardware: Hardware;
  /** For captions: `measured over 12 steps` or `roofline, 60 % of 10.6 TFLOP/s …`. */
  readonly source: string;
  /** Microseconds a step beyond its operations. */
  readonly fixedPerStep: number;
  price(graph: StepGraph, operation: StepOperation): Price;
  /** The table as another draw of its own uncertainty would have it; `draw` gives numbers in [0, 1). */
  redrawn(draw: () => number): CostTable;
}

export interface PricedGraph {
  /** Microseconds, one an operation. */
  readonly durations: Float64Array;
  /** Share of the time that is estimated rather than measured, 0 … 1. */
  readonly estimatedShare: number;
}

/** Prices every operation of a graph. */
export function priceGraph(table: CostTable, graph: StepGraph): PricedGraph {
  const durations = new Float64Array(graph.operations.length);
  let total = 0;
  let estimated = 0;
  for (const [index, operation] of graph.operations.entries()) {
    const price = table.price(graph, operation);
    durations[index] = price.microseconds;
    total += price.microseconds;
    if (price.estimated) estimated += price.microseconds;
  }
  return { durations, estimatedShare: total === 0 ? 0 : estimated / total };
}

/** @throws Problem COSTS_MIXED where two sources are not of one hardware. */
export function requireSameHardware(one: Hardware, other: Hardware): void {
  if (one.kind === other.kind && one.model === other.model) return;
  throw new Problem(
    'COSTS_MIXED',
    `Operation times of ${describe(one)} say nothing about ${describe(other)}`,
    'Profile the step on the hardware that the projection is for, or name its card.',
  );
}

const describe = ({ kind, model }: Hardware): string => `a ${kind.toUpperCase()} (${model})`;
