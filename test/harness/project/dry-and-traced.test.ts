/** The step graph traced without TensorFlow against the one that the traced engine makes of the same network, op for op. */
import { afterEach, describe, expect, it } from 'vitest';
import type { StepGraph } from '../../../harness/engine/step-graph.js';
import { parametersOf } from '../../../harness/engine/step-properties.js';
import { openTracedEngine, type TracedEngine } from '../../../harness/engine/traced/index.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { parseLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { buildNetwork, type Network } from '../../../harness/network/network.js';
import { parameterCount } from '../../../experiments/warpnet/model/parameters.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import {
  compileEvaluation,
  compileStep,
  declareVariables,
  type StepSettings,
} from '../../../harness/network/training-step.js';
import { networkOptionsOf, type BuildOptions } from '../../../harness/simulate/build-options.js';
import { dryEvaluation, dryTrainingStep } from '../../../harness/simulate/network-step-graph.js';
import { buildOptions, warpnet, wrn } from './networks.js';

let engine: TracedEngine | undefined;
afterEach(() => {
  engine?.close();
  engine = undefined;
});

const settings: StepSettings = {
  batch: 4,
  weightDecay: 5e-4,
  weightDecayScope: 'weights',
  momentum: 0.9,
  nesterov: false,
  batchNormDecay: 0.9,
};

function onEngine(network: Network) {
  engine = openTracedEngine({ devices: { kind: 'cores', count: network.devices } });
  return { engine, variables: declareVariables(engine, network, initialise(network, 'he', 1)) };
}

function tracedStep(network: Network, own: StepSettings): StepGraph {
  const { engine, variables } = onEngine(network);
  return compileTraced(() => compileStep(engine, network, variables, own));
}

const compileTraced = (compile: () => unknown): StepGraph => (compile() as { readonly graph: StepGraph }).graph;

const derivatives = ['R1', 'R2', 'R3', 'R4', 'released'] as const;
const batchNorms = ['fused', 'moments'] as const;
const evaluations = ['batch', 'running'] as const;

type Case = readonly [string, NetworkSpecification, string, Partial<BuildOptions>, Partial<StepSettings>];

const wrnCases: Case[] = batchNorms.flatMap((batchNorm) =>
  evaluations.flatMap((batchNormEvaluation) =>
    ['[F1, F2]', '2 x [F1, F2]', '4 x [F1, F2]'].map((layout): Case => {
      const options = { batchNorm, batchNormEvaluation } as const;
      return [`WRN ${layout}, ${batchNorm}, ${batchNormEvaluation}`, wrn(2, 2), layout, options, {}];
    }),
  ),
);

const layouts: Readonly<Record<'warpnet1' | 'warpnet2', Readonly<Record<2 | 3, readonly string[]>>>> = {
  warpnet1: {
    2: ["[F1, F2, F2'x1]", "[F1] [F2, F2'x1]", "[F2'x1] [F2] [F1]"],
    3: ["[F1] [F2, F2'x1] [F3, F3'x1]", "[F1] [F2] [F3] [F2'x1, F3'x1]"],
  },
  warpnet2: {
    2: ["[F1, F2, F2'F1]", "[F1] [F2] [F2'F1]", "[F1] [F2] [F2'F1] recompute", "[F1, F2'F1] [F2]"],
    3: ["[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", "[F1] [F2, F2'F1] [F3, F3'F1, F3'F2] recompute"],
  },
};

const warpCases: Case[] = (['warpnet1', 'warpnet2'] as const).flatMap((family) =>
  ([2, 3] as const).flatMap((K) =>
    layouts[family][K].flatMap((layout, index) =>
      derivatives.flatMap((derivative) =>
        batchNorms.map((batchNorm): Case => {
          const batchNormEvaluation = index % 2 === 0 ? 'batch' : 'running';
          const options = { derivative, batchNorm, batchNormEvaluation } as const;
          return [`${family} ${layout}, ${derivative}, ${batchNorm}`, warpnet(family, K, 1, 1), layout, options, {}];
        }),
      ),
    ),
  ),
);

const otherCases: Case[] = [
  ['zeros beside the copies', wrn(2, 2), '[F1, F2]', { widening: 'zeros' }, {}],
  [
    'a term for each pair, as a coefficient',
    warpnet('warpnet1', 3, 1, 1),
    "[F1] [F2, F2'x1] [F3, 2 F3'x1]",
    { derivativeTerms: 'per-pair' },
    {},
  ],
  [
    'K = 4 with several layers',
    warpnet('warpnet1', 4, 2, 1),
    "[F1] [F2, F2'x1] [F3, F3'x1] [F4, F4'x1]",
    { derivative: 'R4' },
    {},
  ],
  [
    'statistics over all parts',
    wrn(2, 1),
    '2 x [F1, F2]',
    { batchNorm: 'moments', batchNormReplicas: 'synchronised' },
    {},
  ],
  ['decay of every weight', wrn(2, 1), '[F1, F2]', {}, { weightDecayScope: 'all' }],
  ['decay with the bias', wrn(2, 1), '2 x [F1, F2]', {}, { weightDecayScope: 'weights-and-bias', nesterov: true }],
  ['images of another size', wrn(2, 1), '[F1, F2]', {}, { imageSize: 16 }],
  ['no decay', warpnet('warpnet2', 2, 1, 1), "[F1] [F2] [F2'F1]", {}, { weightDecay: 0, batch: 3 }],
];

describe('a training step traced without TensorFlow is the traced engine’s, in names, types, devices, edges, shapes and bytes', () => {
  it.each([...wrnCases, ...warpCases, ...otherCases])('%s', (_, specification, layout, changes, own) => {
    const network = buildNetwork(specification, networkOptionsOf(buildOptions(changes)), parseLayout(layout));
    const step = { ...settings, ...own };
    const dry = dryTrainingStep(network, step);
    expect(dry).toEqual(tracedStep(network, step));
    expect(parametersOf(dry)).toBe(parameterCount(specification));
  });
});

describe('an evaluation traced without TensorFlow is the traced engine’s', () => {
  it.each(
    batchNorms.flatMap((batchNorm) =>
      evaluations.map((batchNormEvaluation) => ({ batchNorm, batchNormEvaluation }) as const),
    ),
  )('$batchNorm, $batchNormEvaluation', (options) => {
    const layout = parseLayout("[F1] [F2] [F2'F1]");
    const network = buildNetwork(warpnet('warpnet2', 2, 1, 1), networkOptionsOf(buildOptions(options)), layout);
    const { engine, variables } = onEngine(network);
    expect(dryEvaluation(network, 5)).toEqual(compileTraced(() => compileEvaluation(engine, network, variables, 5)));
  });
});
