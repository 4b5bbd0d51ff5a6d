/** Every way back gives the plain backward pass's gradients, on every engine that runs here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backwardPasses } from '../../../../experiments/revnet/model/options.js';
import type { Engine } from '../../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';
import { openTracedEngine } from '../../../../harness/engine/traced/index.js';
import type { Model } from '../../../../harness/model/model.js';
import { largestDifference, type Gradients } from '../../../harness/engine/gradients.js';
import { build, gradientsOn, thin } from './networks.js';

/**
 * Both sides add float32 numbers in the same order but for what is rebuilt: an inverted unit's input is off by some 1e-7 of
 * itself, which a dozen normalisations multiply. What is computed wrongly is off by more than 1e-2.
 */
const tolerance = 1e-4;

const engines: Record<'plain' | 'traced', Engine | undefined> = { plain: undefined, traced: undefined };
beforeAll(async () => {
  engines.plain = await openPlainEngine({ backend: 'cpu' });
  engines.traced = openTracedEngine({ devices: { kind: 'cores', count: 2 } });
});
afterAll(() => {
  for (const engine of Object.values(engines)) engine?.close();
});

function engineNamed(name: keyof typeof engines): Engine {
  const engine = engines[name];
  if (engine === undefined) throw new Error(`no ${name} engine`);
  return engine;
}

const known = new Map<string, Promise<Gradients>>();
/** Of the plain backward pass: computed once for each network and engine. */
function expected(engine: keyof typeof engines, title: string, model: () => Model): Promise<Gradients> {
  const key = `${engine} ${title}`;
  const gradients = known.get(key) ?? gradientsOn(engineNamed(engine), model());
  known.set(key, gradients);
  return gradients;
}

// Three units a stage: the first, which is not inverted (without BN and ReLU in stage 1, strided in stages 2 and 3), and
// two that are.
const kinds = ['basic', 'bottleneck'] as const;
const ways = backwardPasses.filter((way) => way !== 'plain');

describe.each(['plain', 'traced'] as const)('on the %s engine', (engine) => {
  it.each(kinds.flatMap((kind) => ways.map((way) => [kind, way] as const)))('%s units, %s', async (kind, way) => {
    const actual = await gradientsOn(engineNamed(engine), build(thin(kind, 3), { backward: way }));
    const { name, relative } = largestDifference(actual, await expected(engine, kind, () => build(thin(kind, 3))));
    expect(relative, name).toBeLessThan(tolerance);
  });
});

describe('in two parts on two devices', () => {
  it.each(
    (['per-replica', 'synchronised'] as const).flatMap((batchNormReplicas) =>
      ways.map((backward) => ({ batchNormReplicas, backward })),
    ),
  )('$batchNormReplicas BN, $backward', async ({ batchNormReplicas, backward }) => {
    const network = thin('basic', 3);
    const plain = await expected('traced', batchNormReplicas, () => build(network, { batchNormReplicas }, 2));
    const actual = await gradientsOn(engineNamed('traced'), build(network, { batchNormReplicas, backward }, 2));
    const { name, relative } = largestDifference(actual, plain);
    expect(relative, name).toBeLessThan(tolerance);
  });
});
