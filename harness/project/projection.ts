/** The relative speed-up of a layout against a baseline, projected from operation costs (method.md 9). */
import type { DeviceMemory, StepGraph, StepProfile } from '../engine/step-graph.js';
import { lowerBounds, type LowerBounds } from './schedule/bounds.js';
import { priceGraph, type CostTable, type Hardware } from './costs/costs.js';
import type { Topology } from './schedule/links.js';
import type { OrderName } from './schedule/device-order.js';
import { quantile } from './costs/quantile.js';
import { memoryOf } from './memory.js';
import { kindOf, type OperationKind } from '../engine/operation-kind.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';
import { seededRandom } from '../core/seeded-random.js';
import { simulate, type Simulation, type SimulationOptions } from './schedule/simulate.js';

/** How long one step takes: as much of it as an RS needs. */
export interface TimedStep {
  readonly simulation: Simulation;
  /** Of each operation alone, microseconds. */
  readonly durations: Float64Array;
  /** Microseconds, fixed cost included. */
  readonly stepTime: number;
  /** Share of the operations' time that is estimated, not measured. */
  readonly estimatedShare: number;
}

export interface StepProjection extends TimedStep {
  readonly prepared: PreparedGraph;
  readonly bounds: LowerBounds;
  readonly memory: readonly DeviceMemory[];
}

export interface RsProjection {
  /** Percent of the baseline's step time that is saved. */
  readonly rsPct: number;
  readonly baseline: StepProjection;
  readonly layout: StepProjection;
}

export interface HowToRun {
  readonly order?: OrderName;
  /** How many times longer operations of each kind take while another device is busy; 1 where absent. */
  readonly stretch?: Partial<Record<OperationKind, number>>;
  /** Copies wait for the receiver's stream, as between GPUs. */
  readonly queuedCopies?: boolean;
}

/** A graph's stretch, one entry an operation; undefined where nothing is stretched. */
function simulationOptions(
  graph: StepGraph,
  how: HowToRun,
  topology: Topology,
  fixedPerStep: number,
): SimulationOptions {
  const { order = 'program', stretch, queuedCopies = false } = how;
  const options = { order, topology, fixedPerStep, queuedCopies };
  if (stretch === undefined) return options;
  const each = Float64Array.from(graph.operations, ({ type }) => stretch[kindOf(type)] ?? 1);
  return { ...options, stretch: each };
}

/** Prices a step's operations and schedules them. */
export function timeStep(prepared: PreparedGraph, costs: CostTable, topology: Topology, how: HowToRun = {}): TimedStep {
  const { graph } = prepared;
  const { durations, estimatedShare } = priceGraph(costs, graph);
  const simulation = simulate(prepared, durations, simulationOptions(graph, how, topology, costs.fixedPerStep));
  return { simulation, durations, stepTime: simulation.stepTime, estimatedShare };
}

/** Projects one step of a graph, its bounds and memory with it. */
export function projectStep(
  graph: StepGraph,
  costs: CostTable,
  topology: Topology,
  how: HowToRun = {},
): StepProjection {
  const prepared = prepareGraph(graph);
  const timed = timeStep(prepared, costs, topology, how);
  return {
    ...timed,
    prepared,
    bounds: lowerBounds(prepared, timed.durations, topology),
    memory: memoryOf(prepared, timed.simulation),
  };
}

/** A projected step in the form of a measured one, for whatever draws timelines. */
export function asProfile({ prepared, simulation }: StepProjection, hardware: Hardware): StepProfile {
  const { start, end, stepTime } = simulation;
  const duration = end.map((time, operation) => time - (start[operation] ?? 0));
  return { graph: prepared.graph, start: [start], duration: [duration], span: [stepTime], hardware };
}

/** RS = (t_baseline - t_layout) / t_baseline, percent. */
export const relativeSpeedUpPct = (baseline: number, layout: number): number => (100 * (baseline - layout)) / baseline;

/** Projects a layout's step; RS follows from its time and the baseline's. */
export function projectRs(
  baseline: StepProjection,
  layoutGraph: StepGraph,
  costs: CostTable,
  topology: Topology,
  how: HowToRun = {},
): RsProjection {
  const layout = projectStep(layoutGraph, costs, topology, how);
  return { rsPct: relativeSpeedUpPct(baseline.stepTime, layout.stepTime), baseline, layout };
}

/**
 * 95 % interval of a projected RS, percent, from the uncertainty of the operation costs alone; the model's own error is not
 * in it. Both steps are simulated again with redrawn costs, `redraws` times, with the same draws for both, since what makes a
 * convolution slow makes it slow in both.
 */
export function costInterval(
  { rsPct, baseline, layout }: RsProjection,
  costs: CostTable,
  topology: Topology,
  how: HowToRun = {},
  redraws = 40,
): readonly [number, number] {
  const random = seededRandom(1);
  const drawn = Array.from({ length: redraws }, () => {
    const table = costs.redrawn(random);
    const time = ({ prepared }: StepProjection): number => timeStep(prepared, table, topology, how).stepTime;
    return relativeSpeedUpPct(time(baseline), time(layout));
  });
  const all = Float64Array.from([rsPct, ...drawn]);
  return [quantile(all, 0.025), quantile(all, 0.975)];
}
