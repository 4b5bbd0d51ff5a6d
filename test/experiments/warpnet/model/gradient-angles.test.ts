/** Angles between gradients, on the engine that trains. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine } from '../../../../harness/kinds/engine/open-engine.js';
import type { Engine } from '../../../../harness/engine/engine.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { declareVariables } from '../../../../harness/model/variables.js';
import { compileGradientAngles } from '../../../../experiments/warpnet/model/expansion/gradient-angles.js';
import { randomStream } from '../../../../harness/model/random.js';
import { warpnet, warpnetNetwork } from '../../../support/papers.js';
import { protocol } from '../../../harness/protocol.js';

let engine: Engine;
beforeAll(async () => {
  await warpnet.loadModels();
  ({ engine } = await openEngine({ devices: 'cpu:1', engine: 'traced', deterministic: true, tf32: false }));
});
afterAll(() => {
  engine.close();
});

it(
  'are 0 between a network and itself, and lie between 0 and 180 degrees for its warped versions',
  { timeout: 240_000 },
  async () => {
    const network = warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 });
    const model = network.trainingLayout(1, protocol).build(protocol);
    const variables = declareVariables(engine, model, initialise(model, 0));
    const batch = 2;
    const { normal } = randomStream(3, 'images');
    const images = Float32Array.from({ length: batch * 32 * 32 * 3 }, () => normal());
    const one = { images, labels: Int32Array.of(1, 7) };
    const measure = compileGradientAngles({ engine, network, options: protocol, model, variables, batch });
    // The second batch is the first one again: its gradient is that of the batch before.
    const values = await measure([one, one]);

    const itself = values.filter(({ variant }) => variant === 'WRN, another batch');
    expect(itself.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0, 0]);
    // Re-use changes nothing behind the last operator: its angles may be 0.
    const warped = values.filter(
      ({ variant, quantity }) => variant !== 'WRN, another batch' && quantity !== 'reuse-angle',
    );
    expect(new Set(warped.map(({ variant }) => variant))).toEqual(
      new Set([
        'WarpNet1, K = 2, R1',
        'WarpNet1, K = 2, released',
        'WarpNet2, K = 2, R1',
        'WarpNet2, K = 2, released',
        'Theorem 1, K = 2, exact',
      ]),
    );
    for (const { value } of warped) {
      expect(value).toBeGreaterThan(1);
      expect(value).toBeLessThan(180);
    }
  },
);
