/** Projected step times of the places of tables that this machine lacks the devices for. */
import type { OperationTimes } from '../kinds/operations/operation-times.js';
import { canonicalJson } from '../plan/canonical-json.js';
import { LayoutProblem, type Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ProjectionPlan } from '../plan/plan.js';
import { decisiveOptions } from '../plan/profile/protocol-scope.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { ProjectedSteps, type StepTimes } from './kept/projected-steps.js';
import { profiledMachine, stepOnMachine, type ProfiledMachine } from './profiled-machine.js';
import { relativeSpeedUpPct } from './projection.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';

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

type Placed = Pick<ProjectionPlan, 'network' | 'layout'>;

/** What all steps of a comparison have in common. */
interface Circumstances {
  readonly times: OperationTimes;
  readonly protocol: Protocol;
  readonly batch: number;
}

/** Projects steps of a paper's networks. Tables share steps, jobs share baselines, and reports are written again: each is made once. */
export class PlaceProjector {
  readonly #steps: ProjectedSteps;
  /** For the many projections of one job. */
  readonly #machines = new WeakMap<OperationTimes, ProfiledMachine>();
  /** Every job has a baseline, and few differ; graphs of other networks are used once. */
  readonly #baselines = new Map<string, PreparedGraph>();

  constructor(
    readonly paper: Paper,
    /** Of projected steps; null keeps none between calls. */
    folder: string | null = null,
  ) {
    this.#steps = new ProjectedSteps(paper, folder);
  }

  async project(compared: ComparedSteps, protocol: Protocol, times: OperationTimes): Promise<PlannedProjection> {
    const circumstances = { times, protocol, batch: compared.batch };
    const { step, operations, estimated } = await this.#timesOf(compared, circumstances, false);
    const { step: baseline } = await this.#timesOf(compared.baseline, circumstances, true);
    return {
      percent: relativeSpeedUpPct(baseline, step),
      milliseconds: step / 1e3,
      baselineMilliseconds: baseline / 1e3,
      estimatedShare: operations === 0 ? 0 : estimated / operations,
    };
  }

  /** Keeps what has been projected for the next call. */
  keep(): void {
    this.#steps.keep();
  }

  #machineOf(times: OperationTimes): ProfiledMachine {
    const machine = this.#machines.get(times) ?? profiledMachine(times);
    this.#machines.set(times, machine);
    return machine;
  }

  /**
   * Of a deep network, on the straight line through two short ones: layers that repeat one another add the same time each.
   * Against the whole graph that is off by less than 0.3 % of a step (a test holds it), and it is several times as fast.
   */
  async #timesOf(placed: Placed, circumstances: Circumstances, isBaseline: boolean): Promise<StepTimes> {
    const { network } = placed;
    const [short, longer] = shortest(placed, circumstances.protocol);
    if (short === undefined || longer === undefined || network.repetitions <= longer.network.repetitions)
      return this.#timesOfGraph(placed, circumstances, isBaseline);
    const from = short.network.repetitions;
    const at = (network.repetitions - from) / (longer.network.repetitions - from);
    const first = await this.#timesOfGraph(short, circumstances, isBaseline);
    const second = await this.#timesOfGraph(longer, circumstances, isBaseline);
    const on = (name: keyof StepTimes): number => first[name] + at * (second[name] - first[name]);
    return { step: on('step'), operations: on('operations'), estimated: on('estimated') };
  }

  async #timesOfGraph(placed: Placed, circumstances: Circumstances, isBaseline: boolean): Promise<StepTimes> {
    const { times, protocol, batch } = circumstances;
    const stepKey = this.#stepKey(placed, protocol, batch);
    const key = this.#steps.key(times, stepKey);
    const known = this.#steps.timesOf(key);
    if (known !== undefined) return known;
    const graph = this.#baselines.get(stepKey) ?? (await this.#graphOf(placed, protocol, batch));
    if (isBaseline) this.#baselines.set(stepKey, graph);
    const { stepTime, durations, estimatedShare } = stepOnMachine(this.#machineOf(times), graph);
    const operations = durations.reduce((sum, time) => sum + time, 0);
    const projected = { step: stepTime, operations, estimated: estimatedShare * operations };
    this.#steps.add(key, projected);
    return projected;
  }

  /** Step graphs need tfjs and the paper's models, which take longer to load than a report with nothing new to project. */
  async #graphOf({ layout }: Placed, protocol: Protocol, batch: number): Promise<PreparedGraph> {
    const [{ trainingStepGraph }] = await Promise.all([import('./step-graph.js'), this.paper.loadModels()]);
    return prepareGraph(trainingStepGraph(layout, protocol, batch));
  }

  /** Equal for equal steps: by the options that decide their operations. */
  #stepKey({ network, layout }: Placed, protocol: Protocol, batch: number): string {
    const question = { of: 'timing', networks: [network], replicas: layout.replicas, inputPipeline: false } as const;
    const options = canonicalJson(decisiveOptions(this.paper, protocol, question));
    return `${network.key} ${layout.text} ${batch} ${options}`;
  }
}

/** The two shortest networks of a kind that the layout is for, the network itself among them; fewer where it is as short. */
function shortest({ network, layout }: Placed, protocol: Protocol): Placed[] {
  const found: Placed[] = [];
  for (let repetitions = 1; repetitions <= network.repetitions && found.length < 2; repetitions++) {
    const short = network.shortened(repetitions);
    const placed = layoutOf(short, layout.text, protocol);
    if (placed !== null) found.push({ network: short, layout: placed });
  }
  return found;
}

/** A layout may be of whole groups of layers: then it is none of fewer. */
function layoutOf(network: Network, text: string, protocol: Protocol): Layout | null {
  try {
    return network.layout(text, protocol);
  } catch (error) {
    if (error instanceof LayoutProblem) return null;
    throw error;
  }
}
