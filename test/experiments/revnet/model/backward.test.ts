/** Every way back gives the plain backward pass's gradients, on every engine that runs here. */
import { describe, expect, it } from 'vitest';
import { backwardPasses, type BackwardPass } from '../../../../experiments/revnet/model/options.js';
import type { Engine } from '../../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';
import { openTracedEngine } from '../../../../harness/engine/traced/index.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import type { Model } from '../../../../harness/model/model.js';
import { compileTraining } from '../../../../harness/model/training-step.js';
import { exampleBatch, largestDifference, type Gradients } from '../../../harness/engine/gradients.js';
import { build, gradientsOn, thin } from './networks.js';

/**
 * Both sides add float32 numbers in the same order but for what is rebuilt: an inverted unit's input is off by some 1e-7 of
 * itself, which a dozen normalisations multiply. What is computed wrongly is off by more than 1e-2.
 */
const tolerance = 1e-4;

type EngineName = 'plain' | 'traced';

/** A traced engine keeps every graph that it was given, so each test has one of its own. */
async function withEngine<Result>(name: EngineName, use: (engine: Engine) => Promise<Result>): Promise<Result> {
  const engine =
    name === 'plain'
      ? await openPlainEngine({ backend: 'cpu' })
      : openTracedEngine({ devices: { kind: 'cores', count: 2 } });
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

const gradientsOf = (name: EngineName, model: Model): Promise<Gradients> =>
  withEngine(name, (engine) => gradientsOn(engine, model));

const known = new Map<string, Promise<Gradients>>();
/** Of the plain backward pass: computed once for each network and engine. */
function expected(engine: EngineName, title: string, model: () => Model): Promise<Gradients> {
  const key = `${engine} ${title}`;
  const gradients = known.get(key) ?? gradientsOf(engine, model());
  known.set(key, gradients);
  return gradients;
}

// Three units a stage: the first, which is not inverted (without BN and ReLU in stage 1, strided in stages 2 and 3), and
// two that are.
const kinds = ['basic', 'bottleneck'] as const;
const ways = backwardPasses.filter((way) => way !== 'plain');

describe.each(['plain', 'traced'] as const)('on the %s engine', (engine) => {
  it.each(kinds.flatMap((kind) => ways.map((way) => [kind, way] as const)))('%s units, %s', async (kind, way) => {
    const actual = await gradientsOf(engine, build(thin(kind, 3), { backward: way }));
    const { name, relative } = largestDifference(actual, await expected(engine, kind, () => build(thin(kind, 3))));
    expect(relative, name).toBeLessThan(tolerance);
  });
});

describe('in two parts on two devices', () => {
  // Synchronised normalisation couples the parts: each of the three ways to rebuild once.
  it.each([
    ...ways.map((backward) => ({ batchNormReplicas: 'per-replica' as const, backward })),
    { batchNormReplicas: 'synchronised' as const, backward: 'checkpoint-recursive' as const },
    { batchNormReplicas: 'synchronised' as const, backward: 'reversible-4N' as const },
    { batchNormReplicas: 'synchronised' as const, backward: 'reversible-5N' as const },
  ])('$batchNormReplicas BN, $backward', async ({ batchNormReplicas, backward }) => {
    const network = thin('basic', 3);
    const plain = await expected('traced', batchNormReplicas, () => build(network, { batchNormReplicas }, 2));
    const actual = await gradientsOf('traced', build(network, { batchNormReplicas, backward }, 2));
    const { name, relative } = largestDifference(actual, plain);
    expect(relative, name).toBeLessThan(tolerance);
  });
});

describe('a step of momentum', () => {
  const settings = { batch: 4, imageSize: 8, weightDecay: 2e-4, momentum: 0.9, nesterov: false, evaluationBatch: 4 };
  const { images, labels } = exampleBatch(4, 8);

  const trained = (backward: BackwardPass) =>
    withEngine('traced', async (engine) => {
      const model = build(thin('basic', 3), { backward });
      const training = compileTraining(engine, model, { ...settings, initial: initialise(model, 3) });
      await training.step.run(images, labels, Float32Array.of(0.1));
      const [logits] = await training.evaluate.run(images);
      const variables = [...training.weights, ...training.accumulators, ...training.state];
      const values = await engine.readVariables(variables);
      return {
        logits: logits?.[0] ?? NaN,
        values: new Map(variables.map(({ name }, index) => [name, values[index] as Float32Array<ArrayBuffer>])),
      };
    });

  it.each(ways)('%s: weights, momentum and running averages are those of the plain one', async (way) => {
    const [plain, other] = [await trained('plain'), await trained(way)];
    for (const [name, expectedValues] of plain.values) {
      const actual = other.values.get(name) ?? new Float32Array();
      // An average that was updated twice, or a weight left out, is off by more than 1e-2.
      const apart = Math.hypot(...expectedValues.map((value, index) => value - (actual[index] ?? NaN)));
      expect(apart / Math.max(Math.hypot(...expectedValues), 0.1), name).toBeLessThan(tolerance);
    }
    expect(Math.abs(other.logits - plain.logits)).toBeLessThan(1e-3);
  });
});
