/** An order of a step's operations for the engine, in which each device does first what the rest waits for longest. */
import type { StepGraph } from '../engine/step-graph.js';
import { priceGraph, type CostTable } from './costs.js';
import type { Topology } from './links.js';
import { prepareGraph } from './prepared-graph.js';
import { simulate } from './simulate.js';

/**
 * Indices of all operations, each after what it needs: sorted by their start in a schedule that runs the longest
 * remaining path first. Control edges within a device are not kept; those between devices are.
 */
export function criticalPathOrder(graph: StepGraph, costs: CostTable, topology: Topology): number[] {
  const { durations } = priceGraph(costs, graph);
  const { start } = simulate(prepareGraph(graph), durations, { topology, order: 'critical-path' });
  return Array.from(graph.operations.keys()).sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b);
}
