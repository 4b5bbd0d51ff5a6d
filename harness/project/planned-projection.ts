/** Projected step times of the places of tables that this machine lacks the devices for. */
import { createHash } from 'node:crypto';
import type { OperationTimes } from '../kinds/operations/operation-times.js';
import { canonicalJson } from '../plan/canonical-json.js';
import { LayoutProblem, type Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ProjectionPlan } from '../plan/plan.js';
import { decisiveOptions } from '../plan/profile/protocol-scope.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { profiledMachine, stepOnMachine, type ProfiledMachine } from './profiled-machine.js';
import { relativeSpeedUpPct } from './projection.js';
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

/** Microseconds: of a step, of its operations together, and of those whose times are estimated. */
type StepTimes = Readonly<Record<'step' | 'operations' | 'estimated', number>>;

/** A machine with the steps that have been projected on it. */
interface KnownMachine {
  readonly machine: ProfiledMachine;
  readonly steps: Map<string, StepTimes>;
}

type Placed = Pick<ProjectionPlan, 'network' | 'layout'>;

/** What all steps of a comparison have in common. */
interface Circumstances extends KnownMachine {
  readonly protocol: Protocol;
  readonly batch: number;
}

/** Projects steps of a paper's networks, whose models are loaded. Tables share steps, and jobs share baselines: each is made once. */
export class PlaceProjector {
  /** By what was measured: a report that grows reads the same results again and again. */
  readonly #machines = new Map<string, KnownMachine>();
  /** The same by object, for the many projections of one job. */
  readonly #known = new WeakMap<OperationTimes, KnownMachine>();
  /** Every job has a baseline, and few differ; graphs of other networks are used once. */
  readonly #baselines = new Map<string, PreparedGraph>();

  constructor(private readonly paper: Paper) {}

  project(compared: ComparedSteps, protocol: Protocol, times: OperationTimes): PlannedProjection {
    const circumstances = { ...this.#machineOf(times), protocol, batch: compared.batch };
    const { step, operations, estimated } = this.#timesOf(compared, circumstances, false);
    const { step: baseline } = this.#timesOf(compared.baseline, circumstances, true);
    return {
      percent: relativeSpeedUpPct(baseline, step),
      milliseconds: step / 1e3,
      baselineMilliseconds: baseline / 1e3,
      estimatedShare: operations === 0 ? 0 : estimated / operations,
    };
  }

  #machineOf(times: OperationTimes): KnownMachine {
    let known = this.#known.get(times);
    if (known !== undefined) return known;
    const key = createHash('sha256').update(JSON.stringify(times)).digest('hex');
    known = this.#machines.get(key) ?? { machine: profiledMachine(times), steps: new Map<string, StepTimes>() };
    this.#machines.set(key, known);
    this.#known.set(times, known);
    return known;
  }

  /**
   * Of a deep network, on the straight line through two short ones: layers that repeat one another add the same time each.
   * Against the whole graph that is off by less than 0.3 % of a step (a test holds it), and it is several times as fast.
   */
  #timesOf(placed: Placed, circumstances: Circumstances, keep: boolean): StepTimes {
    const { network } = placed;
    const [short, longer] = shortest(placed, circumstances.protocol);
    if (short === undefined || longer === undefined || network.repetitions <= longer.network.repetitions)
      return this.#timesOfGraph(placed, circumstances, keep);
    const from = short.network.repetitions;
    const at = (network.repetitions - from) / (longer.network.repetitions - from);
    const first = this.#timesOfGraph(short, circumstances, keep);
    const second = this.#timesOfGraph(longer, circumstances, keep);
    const on = (name: keyof StepTimes): number => first[name] + at * (second[name] - first[name]);
    return { step: on('step'), operations: on('operations'), estimated: on('estimated') };
  }

  #timesOfGraph(placed: Placed, circumstances: Circumstances, keep: boolean): StepTimes {
    const { machine, steps, protocol, batch } = circumstances;
    const key = this.#stepKey(placed, protocol, batch);
    const known = steps.get(key);
    if (known !== undefined) return known;
    const graph = this.#baselines.get(key) ?? prepareGraph(trainingStepGraph(placed.layout, protocol, batch));
    if (keep) this.#baselines.set(key, graph);
    const { stepTime, durations, estimatedShare } = stepOnMachine(machine, graph);
    const operations = durations.reduce((sum, time) => sum + time, 0);
    const times = { step: stepTime, operations, estimated: estimatedShare * operations };
    steps.set(key, times);
    return times;
  }

  /** Equal for equal steps: by the options that decide their operations. */
  #stepKey({ network, layout }: Placed, protocol: Protocol, batch: number): string {
    const question = { of: 'timing', networks: [network], replicas: layout.replicas, inputPipeline: false } as const;
    const options = canonicalJson(decisiveOptions(this.paper, protocol, question));
    return `${network.key} ${layout.text} ${batch} ${options}`;
  }
}

const projectors = new WeakMap<Paper, PlaceProjector>();

/** One a paper, so that what is projected again, to check it or in a report that grows, is not simulated again. */
export function projectorOf(paper: Paper): PlaceProjector {
  let projector = projectors.get(paper);
  if (projector === undefined) projectors.set(paper, (projector = new PlaceProjector(paper)));
  return projector;
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
