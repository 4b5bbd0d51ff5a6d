/** What a network would gain on devices that are not here: any K, layout, number of devices and link. */
import type { StepGraph } from '../../engine/step-graph.js';
import { defaultLayout, devicesOf, formatLayout, termsOf, type Layout } from '../../../experiments/warpnet/layouts/layout.js';
import { unitsPerStage, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { Problem } from '../../core/problem.js';
import type { BuildOptions } from '../../simulate/build-options.js';
import { lowerBounds } from '../schedule/bounds.js';
import { priceGraph, type CostTable } from '../costs/costs.js';

import { searchLayout } from '../../../experiments/warpnet/layouts/layout-search.js';
import { freeLinks, type Topology } from '../schedule/links.js';
import { networkStepGraph } from '../../simulate/network-step-graph.js';
import { prepareGraph } from '../schedule/prepared-graph.js';
import {
  costInterval,
  projectRs,
  projectStep,
  timeStep,
  relativeSpeedUpPct,
  type HowToRun,
  type RsProjection,
} from '../projection.js';

export interface WhatIfQuestion {
  readonly network: NetworkSpecification;
  readonly options: BuildOptions;
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
  readonly baseline: { readonly layout: string; readonly milliseconds: number; readonly peakBytes: number };
  readonly rows: readonly WhatIfRow[];
  /** No layout on that many devices can save more, even with free links, percent. */
  readonly limitPct: number;
  readonly search: { readonly method: string; readonly tried: number } | null;
  readonly costs: string;
  readonly links: string;
}

/** The WRN that a network approximates, on one device. */
export function baselineOf(network: NetworkSpecification): { network: NetworkSpecification; layout: Layout } {
  const { kw, classes } = network;
  const wrn: NetworkSpecification = { family: 'wrn', unitsPerStage: unitsPerStage(network), kw, classes };
  return { network: wrn, layout: defaultLayout(wrn, 1) };
}

/** @throws Problem LAYOUT_MISMATCH, DEVICES_TOO_FEW */
export function answerWhatIf(question: WhatIfQuestion): WhatIfAnswer {
  const { network, options, batch, devices, topology, costs, how } = question;
  const baseline = baselineOf(network);
  const graphOf = (specification: NetworkSpecification, layout: Layout): StepGraph =>
    networkStepGraph(specification, layout, options, batch);
  const baselineStep = projectStep(graphOf(baseline.network, baseline.layout), costs, topology, how);
  const project = (what: string, specification: NetworkSpecification, layout: Layout): WhatIfRow => {
    if (devicesOf(layout) > devices)
      throw new Problem(
        'DEVICES_TOO_FEW',
        `${formatLayout(layout)} needs ${devicesOf(layout)} devices, there are ${devices}`,
        'Name more with --devices, or put several terms into one bracket.',
      );
    const projection = projectRs(baselineStep, graphOf(specification, layout), costs, topology, how);
    const intervalPct = costInterval(projection, costs, topology, how);
    return rowOf(what, layout, projection, intervalPct, question.deviceBytes);
  };

  const rows: WhatIfRow[] = [];
  let search: WhatIfAnswer['search'] = null;
  if (network.family !== 'wrn') {
    // One warp layer a stage tells layouts apart as well as many do, and is faster.
    const short: NetworkSpecification = { ...network, Nwarp: 1 };
    const found = searchLayout(
      network,
      devices,
      options,
      (layout) => timeStep(prepareGraph(graphOf(short, layout)), costs, topology, how).stepTime,
    );
    search = { method: found.method, tried: found.tried };
    rows.push(project('best found', network, found.layout));
    rows.push(project('the paper’s pattern', network, defaultLayout(network, devices, options.derivativeTerms)));
  }
  if (question.layout !== undefined) rows.push(project('asked for', network, question.layout));
  if (devices > 1 && batch % devices === 0)
    rows.push(project('data parallel', baseline.network, defaultLayout(baseline.network, devices)));
  return {
    baseline: {
      layout: formatLayout(baseline.layout),
      milliseconds: baselineStep.stepTime / 1e3,
      peakBytes: Math.max(...baselineStep.memory.map(({ peak }) => peak)),
    },
    rows,
    limitPct: limitPct(question, baselineStep.stepTime),
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
    layout: formatLayout(layout),
    rsPct,
    intervalPct,
    milliseconds: step.stepTime / 1e3,
    peakBytes,
    fits: deviceBytes === undefined ? null : peakBytes <= deviceBytes,
    busy: Array.from(step.simulation.busy, (busy) => busy / step.stepTime),
  };
}

/** From the longest path with every term on a device of its own and free links, and all work spread evenly. */
function limitPct({ network, options, batch, devices, costs }: WhatIfQuestion, baselineTime: number): number {
  const spread: Layout =
    network.family === 'wrn'
      ? defaultLayout(network, 1)
      : {
          kind: 'operator',
          brackets: termsOf(network, options.derivativeTerms).map((term) => [term]),
          recompute: false,
        };
  const prepared = prepareGraph(networkStepGraph(network, spread, options, batch));
  const { durations } = priceGraph(costs, prepared.graph);
  const { criticalPath } = lowerBounds(prepared, durations, freeLinks(prepared.devices));
  // Terms on one device share what they can: the least work.
  const together: Layout = spread.kind === 'operator' ? { ...spread, brackets: [spread.brackets.flat()] } : spread;
  const graph = networkStepGraph(network, together, options, batch);
  const work = priceGraph(costs, graph).durations.reduce((sum, time) => sum + time, 0);
  return relativeSpeedUpPct(baselineTime, Math.max(criticalPath, work / devices) + costs.fixedPerStep);
}
