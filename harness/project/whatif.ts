/** What a network would gain on devices that are not here: any network, layout, number of devices and link. */
import { Problem } from '../core/problem.js';
import type { StepGraph } from '../engine/step-graph.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Protocol } from '../plan/profile/protocol.js';
import { priceGraph, type CostTable } from './costs/costs.js';
import {
  costInterval,
  projectRs,
  projectStep,
  relativeSpeedUpPct,
  timeStep,
  type HowToRun,
  type RsProjection,
} from './projection.js';
import { lowerBounds } from './schedule/bounds.js';
import { freeLinks, type Topology } from './schedule/links.js';
import { prepareGraph } from './schedule/prepared-graph.js';
import { trainingStepGraph } from './step-graph.js';

export interface FoundLayout {
  readonly layout: Layout;
  /** How it was found, for people. */
  readonly method: string;
  readonly tried: number;
}

/** How a network whose parts can lie on any device is divided; a paper that has such networks brings one. */
export interface LayoutSearch {
  /** Every part on a device of its own. */
  finest(network: Network, protocol: Protocol): Layout;
  /** With the shortest step, as `timeOf` has it, on at most so many devices. */
  search(network: Network, devices: number, protocol: Protocol, timeOf: (layout: Layout) => number): FoundLayout;
}

export interface WhatIfQuestion {
  readonly network: Network;
  /** What the speed-up refers to; it is on one device. */
  readonly baseline: Network;
  /** Null for a network that is not divided. */
  readonly search: LayoutSearch | null;
  readonly protocol: Protocol;
  readonly batch: number;
  readonly devices: number;
  readonly topology: Topology;
  readonly costs: CostTable;
  readonly how: HowToRun;
  /** Memory of a device, bytes, where it is known. */
  readonly deviceBytes?: number | undefined;
  /** Projected beside what is searched for. */
  readonly layout?: Layout | undefined;
}

export interface WhatIfRow {
  /** `best found`, `the paper’s pattern`, `asked for`, `data parallel`. */
  readonly what: string;
  readonly layout: string;
  readonly rsPct: number;
  readonly intervalPct: readonly [number, number];
  readonly milliseconds: number;
  /** Largest peak of a device, bytes; kernels' workspaces are not in it. */
  readonly peakBytes: number;
  /** Whether that fits a device; null where its memory is not known. */
  readonly fits: boolean | null;
  /** Share of the step that each device is busy, 0 … 1. */
  readonly busy: readonly number[];
}

export interface WhatIfAnswer {
  readonly baseline: {
    readonly network: string;
    readonly layout: string;
    readonly milliseconds: number;
    readonly peakBytes: number;
  };
  readonly rows: readonly WhatIfRow[];
  /** No layout of the network on that many devices can save more, even with free links, percent. */
  readonly limitPct: number;
  readonly search: Pick<FoundLayout, 'method' | 'tried'> | null;
  readonly costs: string;
  readonly links: string;
}

/** Once the paper's models are loaded. @throws Problem DEVICES_TOO_FEW */
export function answerWhatIf(question: WhatIfQuestion): WhatIfAnswer {
  const { network, baseline, search: divided, protocol, batch, devices, topology, costs, how } = question;
  const graphOf = (layout: Layout): StepGraph => trainingStepGraph(layout, protocol, batch);
  const alone = baseline.defaultLayout(1, protocol);
  const baselineStep = projectStep(graphOf(alone), costs, topology, how);
  const project = (what: string, layout: Layout): WhatIfRow => {
    if (layout.devices > devices)
      throw new Problem(
        'DEVICES_TOO_FEW',
        `${layout.text} needs ${layout.devices} devices, there are ${devices}`,
        'Name more with --devices, or another layout.',
      );
    const projection = projectRs(baselineStep, graphOf(layout), costs, topology, how);
    return rowOf(what, layout, projection, costInterval(projection, costs, topology, how), question.deviceBytes);
  };

  const rows: WhatIfRow[] = [];
  let search: WhatIfAnswer['search'] = null;
  if (divided !== null) {
    // One repetition of its layers tells layouts apart as well as many do, and is faster.
    const short = network.shortened(1);
    const found = divided.search(
      network,
      devices,
      protocol,
      (layout) => timeStep(prepareGraph(graphOf(short.layout(layout.text, protocol))), costs, topology, how).stepTime,
    );
    search = { method: found.method, tried: found.tried };
    rows.push(project('best found', found.layout));
  }
  if (network.key !== baseline.key) rows.push(project('the paper’s pattern', network.defaultLayout(devices, protocol)));
  if (question.layout !== undefined) rows.push(project('asked for', question.layout));
  if (devices > 1 && batch % devices === 0)
    rows.push(project('data parallel', baseline.trainingLayout(devices, protocol)));
  return {
    baseline: {
      network: baseline.label,
      layout: alone.text,
      milliseconds: baselineStep.stepTime / 1e3,
      peakBytes: Math.max(...baselineStep.memory.map(({ peak }) => peak)),
    },
    rows,
    limitPct: limitPct(question, graphOf, baselineStep.stepTime),
    search,
    costs: costs.source,
    links: topology.name,
  };
}

function rowOf(
  what: string,
  layout: Layout,
  { rsPct, layout: step }: RsProjection,
  intervalPct: readonly [number, number],
  deviceBytes: number | undefined,
): WhatIfRow {
  const peakBytes = Math.max(...step.memory.map(({ peak }) => peak));
  return {
    what,
    layout: layout.text,
    rsPct,
    intervalPct,
    milliseconds: step.stepTime / 1e3,
    peakBytes,
    fits: deviceBytes === undefined ? null : peakBytes <= deviceBytes,
    busy: Array.from(step.simulation.busy, (busy) => busy / step.stepTime),
  };
}

/** From the longest path with every part on a device of its own and free links, and all work spread evenly. */
function limitPct(
  { network, search, protocol, devices, costs }: WhatIfQuestion,
  graphOf: (layout: Layout) => StepGraph,
  baselineTime: number,
): number {
  // Parts on one device share what they can: the least work.
  const together = network.defaultLayout(1, protocol);
  const prepared = prepareGraph(graphOf(search?.finest(network, protocol) ?? together));
  const { durations } = priceGraph(costs, prepared.graph);
  const { criticalPath } = lowerBounds(prepared, durations, freeLinks(prepared.devices));
  const work = priceGraph(costs, graphOf(together)).durations.reduce((sum, time) => sum + time, 0);
  return relativeSpeedUpPct(baselineTime, Math.max(criticalPath, work / devices) + costs.fixedPerStep);
}
