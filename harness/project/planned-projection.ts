/** The projections of tables' places that this machine lacks the devices for. */
import type { ProjectionPlan } from '../plan/plan.js';
import { readLayout, type Layout } from '../../experiments/warpnet/layouts/layout.js';
import type { NetworkSpecification } from '../../experiments/warpnet/model/specification.js';
import type { OperationTimes } from '../kinds/operations/operation-times.js';
import { stepGraphKey, type BuildOptions } from '../simulate/build-options.js';
import { networkStepGraph } from '../simulate/network-step-graph.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';
import { profiledMachine, stepOnMachine, type ProfiledMachine } from './profiled-machine.js';
import { relativeSpeedUpPct, type TimedStep } from './projection.js';

export interface PlannedProjection {
  /** RS, percent. */
  readonly percent: number;
  /** Model of the device that the operation times were measured on. */
  readonly hardware: string;
  /** Share of the layout's time that was not measured but estimated from similar operations, 0 … 1. */
  readonly estimatedShare: number;
}

type StepSummary = Pick<TimedStep, 'stepTime' | 'estimatedShare'>;

/** A machine with the steps that have been projected on it. */
interface KnownMachine {
  readonly machine: ProfiledMachine;
  readonly steps: Map<string, StepSummary>;
}

/** Tables share steps, and measurements share baselines: each is made once. */
export class PlaceProjector {
  readonly #machines = new Map<OperationTimes, KnownMachine>();
  readonly #baselines = new Map<string, PreparedGraph>();

  /**
   * Projects a place under a protocol's options, from the times of its own cell.
   * @throws LayoutProblem LAYOUT_INVALID
   */
  project(
    plan: Omit<ProjectionPlan, 'skipped' | 'cell'>,
    options: BuildOptions,
    times: OperationTimes,
  ): PlannedProjection {
    const { machine, steps } = this.#machineOf(times);
    const step = ({ network, layout: text }: Pick<ProjectionPlan, 'network' | 'layout'>): StepSummary => {
      const layout = readLayout(text, network, options.derivativeTerms);
      const key = stepGraphKey(network, layout, options, plan.batch);
      const known = steps.get(key);
      if (known !== undefined) return known;
      const { stepTime, estimatedShare } = stepOnMachine(
        machine,
        this.#graph(key, network, layout, options, plan.batch),
      );
      const summary = { stepTime, estimatedShare };
      steps.set(key, summary);
      return summary;
    };
    const { stepTime, estimatedShare } = step(plan);
    return {
      percent: relativeSpeedUpPct(step(plan.baseline).stepTime, stepTime),
      hardware: machine.costs.hardware.model,
      estimatedShare,
    };
  }

  #machineOf(times: OperationTimes): KnownMachine {
    const known = this.#machines.get(times) ?? {
      machine: profiledMachine(times),
      steps: new Map<string, StepSummary>(),
    };
    this.#machines.set(times, known);
    return known;
  }

  /** Baselines are kept, for every measurement has one; a warp network's graphs are large and used once. */
  #graph(
    key: string,
    network: NetworkSpecification,
    layout: Layout,
    options: BuildOptions,
    batch: number,
  ): PreparedGraph {
    const known = this.#baselines.get(key);
    if (known !== undefined) return known;
    const graph = prepareGraph(networkStepGraph(network, layout, options, batch));
    if (network.family === 'wrn') this.#baselines.set(key, graph);
    return graph;
  }
}
