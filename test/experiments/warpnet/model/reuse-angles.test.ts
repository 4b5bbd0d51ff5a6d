/** How far re-use of gradients turns them, measured as an analysis measures it. */
import { expect, it } from 'vitest';
import { compileGradientAngles } from '../../../../experiments/warpnet/model/expansion/gradient-angles.js';
import { openTracedEngine } from '../../../../harness/engine/traced/index.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { randomStream } from '../../../../harness/model/random.js';
import { declareVariables } from '../../../../harness/model/variables.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../../support/papers.js';

it('turns no kernel of the last layer, for what arrives there is the same, and those before it', async () => {
  await warpnet.loadModels();
  const network = warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 });
  const options = warpnetFolder().protocol('paper');
  const model = network.defaultLayout(1, options).build(options);
  const engine = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
  const variables = declareVariables(engine, model, initialise(model, 1));
  const batch = 2;
  const measure = compileGradientAngles({ engine, network, options, model, variables, batch });
  const { normal } = randomStream(7, 'images');
  const values = await measure([
    { images: Float32Array.from({ length: batch * 32 * 32 * 3 }, () => normal()), labels: Int32Array.of(3, 4) },
  ]);
  engine.close();
  for (const variant of ['WarpNet1, K = 2, R1', 'WarpNet2, K = 2, R1']) {
    const turned = new Map(
      values
        .filter((value) => value.quantity === 'reuse-angle' && value.variant === variant)
        .map(({ place, value }) => [place, value]),
    );
    expect([...turned.keys()]).toHaveLength(6);
    // Degrees; float32 gradients of the same operations.
    for (const unit of ['stage3/unit1', 'stage3/unit2']) expect(turned.get(unit)).toBeLessThan(0.01);
    for (const unit of ['stage1/unit1', 'stage2/unit2']) expect(turned.get(unit)).toBeGreaterThan(1);
  }
});
