/** Projected step times of the places of tables that this machine lacks the devices for. */
import type { OperationTimes } from '../kinds/operations/operation-times.js';
import { canonicalJson } from '../plan/canonical-json.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ProjectionPlan } from '../plan/plan.js';
import { decisiveOptions } from '../plan/profile/protocol-scope.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { profiledMachine, stepOnMachine, type ProfiledMachine } from './profiled-machine.js';
import { relativeSpeedUpPct, type TimedStep } from './projection.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';
import { trainingStepGraph } from './step-graph.js';

export interface PlannedProjection {
  /** RS, percent: what `milliseconds` saves of `baselineMilliseconds`. */
  readonly percent: number;
  /** Of one step. */
  readonly milliseconds: number;
  readonly baselineMilliseconds: number;
  /** Share of the layout's time that was not measured but estimated from similar operations, 0 … 1. */
  readonly estimatedShare: number;
}

/** The two steps that are compared. */
export type ComparedSteps = Pick<ProjectionPlan, 'network' | 'layout' | 'baseline' | 'batch'>;

type StepSummary = Pick<TimedStep, 'stepTime' | 'estimatedShare'>;

/** A machine with the steps that have been projected on it. */
interface KnownMachine {
  readonly machine: ProfiledMachine;
  readonly steps: Map<string, StepSummary>;
}

/** Projects steps of a paper's networks, whose models are loaded. Tables share steps, and jobs share baselines: each is made once. */
export class PlaceProjector {
  readonly #machines = new Map<OperationTimes, KnownMachine>();
  readonly #baselines = new Map<string, PreparedGraph>();

  constructor(private readonly paper: Paper) {}

  /** @param protocol the job's whose `times` these are */
  project(compared: ComparedSteps, protocol: Protocol, times: OperationTimes): PlannedProjection {
    const { machine, steps } = this.#machineOf(times);
    const stepOf = ({ network, layout }: Placed, graphOf: (key: string) => PreparedGraph): StepSummary => {
      const key = this.#stepKey(network, layout, protocol, compared.batch);
      const known = steps.get(key);
      if (known !== undefined) return known;
      const { stepTime, estimatedShare } = stepOnMachine(machine, graphOf(key));
      const summary = { stepTime, estimatedShare };
      steps.set(key, summary);
      return summary;
    };
    const graphOf = ({ layout }: Placed) => prepareGraph(trainingStepGraph(layout, protocol, compared.batch));
    const { stepTime, estimatedShare } = stepOf(compared, () => graphOf(compared));
    const { baseline } = compared;
    const { stepTime: baselineTime } = stepOf(baseline, (key) => {
      // Every job has a baseline, and few differ; the other networks' graphs are used once.
      const graph = this.#baselines.get(key) ?? graphOf(baseline);
      this.#baselines.set(key, graph);
      return graph;
    });
    return {
      percent: relativeSpeedUpPct(baselineTime, stepTime),
      milliseconds: stepTime / 1e3,
      baselineMilliseconds: baselineTime / 1e3,
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

  /** Equal for equal steps: by the options that decide their operations. */
  #stepKey(network: Network, layout: Layout, protocol: Protocol, batch: number): string {
    const question = { of: 'timing', networks: [network], replicas: layout.replicas, inputPipeline: false } as const;
    const options = canonicalJson(decisiveOptions(this.paper, protocol, question));
    return `${network.key} ${layout.text} ${batch} ${options}`;
  }
}

type Placed = Pick<ProjectionPlan, 'network' | 'layout'>;
