/** The projection of a table's place that this machine lacks the devices for. */
import type { ProjectionPlan } from '../experiment/plan.js';
import { readLayout } from '../network/layout.js';
import { networkStepGraph } from './graph/network-step-graph.js';
import type { BuildOptions } from './graph/residual-unit.js';
import { projectOnMachine, type ProfiledMachine } from './validation.js';

export interface PlannedProjection {
  /** RS, percent. */
  readonly percent: number;
  /** Model of the device that the operation times were measured on. */
  readonly hardware: string;
  /** Share of the layout's time that was not measured but estimated from similar operations, 0 … 1. */
  readonly estimatedShare: number;
}

/** Projects a place under a protocol's options. @throws LayoutProblem LAYOUT_INVALID */
export function projectPlanned(
  plan: Omit<ProjectionPlan, 'skipped' | 'cell'>,
  options: BuildOptions,
  machine: ProfiledMachine,
): PlannedProjection {
  const graphOf = ({ network, layout }: Pick<ProjectionPlan, 'network' | 'layout'>) =>
    networkStepGraph(network, readLayout(layout, network, options.derivativeTerms), options, plan.batch);
  const { rsPct, layout } = projectOnMachine(machine, graphOf(plan.baseline), graphOf(plan));
  return {
    percent: rsPct,
    hardware: machine.costs.hardware.model,
    estimatedShare: layout.estimatedShare,
  };
}
