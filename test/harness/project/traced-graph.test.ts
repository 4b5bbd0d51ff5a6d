/** The step graph written down by the simulator against the one that the engine traces from the real network. */
import { afterEach, describe, expect, it } from 'vitest';
import type { StepGraph } from '../../../harness/engine/step-graph.js';
import { openTracedEngine, type TracedEngine, type TracedFunction } from '../../../harness/engine/traced/index.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { devicesOf, parseLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { buildModel } from '../../../experiments/warpnet/model/network.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { compileStep } from '../../../harness/model/training-step.js';
import { declareVariables } from '../../../harness/model/variables.js';
import { networkStepGraph } from '../../../harness/project/graph/network-step-graph.js';
import type { BuildOptions } from '../../../harness/project/graph/residual-unit.js';
import { kindOf, operationKey } from '../../../harness/project/costs/operation-kind.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { buildOptions, warpnet, wrn } from './networks.js';

let engine: TracedEngine | undefined;
afterEach(() => {
  engine?.close();
  engine = undefined;
});

const batch = 4;

function traced(network: NetworkSpecification, layout: string, options: BuildOptions): StepGraph {
  const parsed = parseLayout(layout);
  engine = openTracedEngine({ devices: { kind: 'cores', count: devicesOf(parsed) } });
  const model = buildModel(
    network,
    {
      ...options,
      batchNormEpsilon: 0.001,
      batchNormDecay: 0.9,
      batchNormReplicas: 'per-replica',
      initialisation: 'he',
      weightDecayScope: 'weights',
    },
    parsed,
  );
  const variables = declareVariables(engine, model, initialise(model, 1));
  const step = compileStep(engine, model, variables, {
    batch,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: false,
  }) as TracedFunction;
  return step.graph;
}

/** Types of the operations that take time, in program order on each device. */
function work(graph: StepGraph): string[][] {
  const sequences: string[][] = Array.from({ length: graph.devices }, () => []);
  for (const { device, type } of graph.operations) if (kindOf(type) !== 'free') sequences[device]?.push(type);
  return sequences;
}

/** Bytes of feature maps and kernels that cross between each pair of devices. */
function traffic(graph: StepGraph): Record<string, number> {
  const prepared = prepareGraph(graph);
  const bytes: Record<string, number> = {};
  for (let transfer = 0; transfer < prepared.transfers; transfer++) {
    const size = prepared.bytes[transfer] ?? 0;
    // Labels, learning rates and scalars are smaller than any of them.
    if (size < 1024) continue;
    const pair = `${prepared.device[prepared.producer[transfer] ?? 0]} -> ${prepared.target[transfer]}`;
    bytes[pair] = (bytes[pair] ?? 0) + size;
  }
  return Object.fromEntries(Object.entries(bytes).sort());
}

const convolutionFlops = (graph: StepGraph): number[] =>
  Array.from({ length: graph.devices }, (_, device) =>
    graph.operations
      .filter((op) => op.device === device && op.type.startsWith('Conv2D'))
      .reduce((sum, op) => sum + op.flops, 0),
  );

const cases: readonly (readonly [string, NetworkSpecification, string, Partial<BuildOptions>])[] = [
  ['WRN, fused', wrn(2, 1), '[F1, F2]', {}],
  ['WRN, fused, running averages', wrn(2, 1), '[F1, F2]', { batchNormEvaluation: 'running' }],
  ['WRN, moments, kw 2', wrn(2, 2), '[F1, F2]', { batchNorm: 'moments' }],
  ['WRN, zeros', wrn(2, 2), '[F1, F2]', { widening: 'zeros' }],
  ['WarpNet1, R1', warpnet('warpnet1', 2, 2, 1), "[F1] [F2, F2'x1]", {}],
  ['WarpNet1, R4, 3 devices', warpnet('warpnet1', 2, 1, 1), "[F1] [F2] [F2'x1]", { derivative: 'R4' }],
  [
    'WarpNet1, released, moments',
    warpnet('warpnet1', 2, 2, 1),
    "[F1] [F2] [F2'x1]",
    { derivative: 'released', batchNorm: 'moments' },
  ],
  [
    'WarpNet1, K = 3, released',
    warpnet('warpnet1', 3, 1, 1),
    "[F1] [F2, F2'x1] [F3, F3'x1]",
    { derivative: 'released' },
  ],
  ['WarpNet1, port', warpnet('warpnet1', 2, 1, 1), "[F1] [F2] [F2'x1]", { derivative: 'port' }],
  ['WarpNet2, K = 3, R1', warpnet('warpnet2', 3, 1, 1), "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", {}],
  [
    'WarpNet2, recomputed',
    warpnet('warpnet2', 2, 1, 1),
    "[F1] [F2] [F2'F1] recompute",
    { batchNormEvaluation: 'running' },
  ],
  ['WarpNet2, R2', warpnet('warpnet2', 2, 1, 1), "[F1] [F2] [F2'F1]", { derivative: 'R2' }],
  ['WarpNet2, R3', warpnet('warpnet2', 2, 1, 1), "[F1] [F2] [F2'F1]", { derivative: 'R3' }],
  ['data parallel', wrn(2, 1), '2 x [F1, F2]', { batchNormEvaluation: 'running' }],
];

/** Keys of the operations that take time: what their prices are looked up by. */
const keys = (graph: StepGraph): Set<string> =>
  new Set(graph.operations.filter(({ type }) => kindOf(type) !== 'free').map((one) => operationKey(graph, one)));

describe('the step graph written down without tracing has the work and the traffic of the traced one', () => {
  it.each(cases)('%s', (_, network, layout, changes) => {
    const options = buildOptions(changes);
    const real = traced(network, layout, options);
    const ours = networkStepGraph(network, parseLayout(layout), options, batch);
    expect(work(ours)).toEqual(work(real));
    expect(traffic(ours)).toEqual(traffic(real));
    expect(convolutionFlops(ours)).toEqual(convolutionFlops(real));
    expect(ours.variableBytes).toEqual(real.variableBytes);
    expect([...keys(ours)].filter((key) => !keys(real).has(key))).toEqual([]);
  });
});
