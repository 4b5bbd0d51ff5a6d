/** WarpNet's steps traced without TensorFlow against the traced engine's, under choices that none of its protocols makes. */
import { describe, expect, it } from 'vitest';
import type { NetworkOptions } from '../../../experiments/warpnet/model/options.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { parametersOf } from '../../../harness/engine/step-properties.js';
import { parameterCount } from '../../../harness/model/model.js';
import type { StepSettings } from '../../../harness/model/training-step.js';
import { dryTrainingStep } from '../../../harness/project/step-graph.js';
import { firstDifference, tracedTrainingStep } from '../../support/traced-and-dry.js';
import { build } from './model/fixtures.js';

const settings: StepSettings = { batch: 4, weightDecay: 5e-4, momentum: 0.9, nesterov: false };

const wrn = (unitsPerStage: number, kw: number): NetworkSpecification => ({
  family: 'wrn',
  unitsPerStage,
  kw,
  classes: 10,
});
const warpnet = (family: 'warpnet1' | 'warpnet2', K: number, Nwarp: number): NetworkSpecification => ({
  family,
  K,
  Nwarp,
  kw: 1,
  classes: 10,
});

const derivatives = ['R1', 'R2', 'R3', 'R4', 'released', 'port'] as const;
const batchNorms = ['fused', 'moments'] as const;
const evaluations = ['batch', 'running'] as const;

type Case = readonly [string, NetworkSpecification, string, Partial<NetworkOptions>, Partial<StepSettings>];

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
          return [`${family} ${layout}, ${derivative}, ${batchNorm}`, warpnet(family, K, 1), layout, options, {}];
        }),
      ),
    ),
  ),
);

const otherCases: Case[] = [
  ['zeros beside the copies', wrn(2, 2), '[F1, F2]', { widening: 'zeros' }, {}],
  [
    'a term for each pair, as a coefficient',
    warpnet('warpnet1', 3, 1),
    "[F1] [F2, F2'x1] [F3, 2 F3'x1]",
    { derivativeTerms: 'per-pair' },
    {},
  ],
  [
    'K = 4 with several layers',
    warpnet('warpnet1', 4, 2),
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
  ['decay of weights alone', wrn(2, 1), '[F1, F2]', { weightDecayScope: 'weights' }, {}],
  ['decay with the bias', wrn(2, 1), '2 x [F1, F2]', { weightDecayScope: 'weights-and-bias' }, { nesterov: true }],
  ['images of another size', wrn(2, 1), '[F1, F2]', {}, { imageSize: 16 }],
  ['no decay', warpnet('warpnet2', 2, 1), "[F1] [F2] [F2'F1]", {}, { weightDecay: 0, batch: 3 }],
];

describe('a training step traced without TensorFlow is the traced engine’s, in names, types, devices, edges, shapes and bytes', () => {
  it.each([...wrnCases, ...warpCases, ...otherCases])('%s', (_, specification, layout, changes, own) => {
    const model = build(specification, layout, changes);
    const step = { ...settings, ...own };
    const dry = dryTrainingStep(model, step);
    expect(firstDifference(dry, tracedTrainingStep(model, step))).toBeUndefined();
    expect(parametersOf(dry)).toBe(parameterCount(model));
  });
});
