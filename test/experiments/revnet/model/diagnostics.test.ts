/** The angle between gradients and the distance of rebuilt inputs, held against gradients and features computed apart. */
import { afterEach, expect, it } from 'vitest';
import { angleName, rebuiltName } from '../../../../experiments/revnet/model/diagnostics.js';
import { openTracedEngine, type TracedEngine } from '../../../../harness/engine/traced/index.js';
import { compileDiagnostics } from '../../../../harness/model/diagnostics.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { declareVariables } from '../../../../harness/model/variables.js';
import { exampleBatch, type Gradients } from '../../../harness/engine/gradients.js';
import { build, gradientsOn, thin } from './networks.js';

const engines: TracedEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});
function open(): TracedEngine {
  const engine = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
  engines.push(engine);
  return engine;
}

const [batch, imageSize] = [4, 8];
const network = thin('basic', 3);
const reversible = build(network, { backward: 'reversible-4N' });

/** Degrees, in double precision. */
function angleOf(one: Gradients, other: Gradients): number {
  const flat = ({ byName }: Gradients) => [...byName.values()].flatMap((values) => [...values]);
  const [a, b] = [flat(one), flat(other)];
  const [lengthA, lengthB] = [Math.hypot(...a), Math.hypot(...b)];
  const chord = Math.hypot(...a.map((value, index) => value / lengthA - (b[index] ?? NaN) / lengthB));
  return (360 / Math.PI) * Math.asin(chord / 2);
}

async function diagnose() {
  const engine = open();
  const { diagnostics } = reversible;
  if (diagnostics === undefined) throw new Error('no diagnostics');
  const variables = declareVariables(engine, reversible, initialise(reversible, 3));
  const compiled = compileDiagnostics(engine, reversible, diagnostics, variables, { batch, imageSize });
  const { images, labels } = exampleBatch(batch, imageSize);
  const before = await engine.readVariables(variables.state);
  const values = await compiled.run(images, labels);
  const found = new Map(diagnostics.names.map((name, index) => [name, values[index]?.[0] ?? NaN]));
  return { found, before, after: await engine.readVariables(variables.state) };
}

it('the angle is that between the gradients of two backward passes', async () => {
  const { found } = await diagnose();
  const plain = await gradientsOn(open(), build(network, { backward: 'plain' }), batch, imageSize);
  const rebuilt = await gradientsOn(open(), reversible, batch, imageSize);
  const expected = angleOf(plain, rebuilt);
  // Rounding alone tells them apart, some 1e-7 of a gradient amplified by a few layers: far below a degree, and not nothing.
  expect(expected).toBeGreaterThan(1e-6);
  expect(expected).toBeLessThan(0.05);
  // The chord of two directions in float32, whose parts are rounded to 6e-8: 4e-6 degrees, and sums of some thousand squares.
  expect(Math.abs((found.get(angleName) ?? NaN) - expected)).toBeLessThan(2e-5 + 0.05 * expected);
});

it('every inverted unit has a rebuilt input that is off by rounding, and off by more the more units lie behind', async () => {
  const { found } = await diagnose();
  expect([...found.keys()]).toEqual([
    angleName,
    ...[1, 2, 3].flatMap((stage) => [3, 2].map((unit) => rebuiltName(`stage${stage}/unit${unit}`))),
  ]);
  for (const stage of [1, 2, 3]) {
    const [last, first] = [3, 2].map((unit) => found.get(rebuiltName(`stage${stage}/unit${unit}`)) ?? NaN);
    // Two inversions, each with a rounding of some 1e-7: 1e-5 is a hundred times that, a wrong inverse is off by 1.
    expect(last).toBeGreaterThan(0);
    expect(first).toBeGreaterThan(last ?? NaN);
    expect(first).toBeLessThan(1e-5);
  }
});

it('running averages stay as they are', async () => {
  const { before, after } = await diagnose();
  expect(before.length).toBeGreaterThan(0);
  expect(after).toEqual(before);
});

it('a network that stores its activations has nothing to compare', () => {
  expect(build(network, { backward: 'plain' }).diagnostics).toBeUndefined();
  expect(build(network, { backward: 'checkpoint-sqrt' }).diagnostics).toBeUndefined();
  expect(build(thin('basic', 3, [8, 8, 12, 16], 'resnet')).diagnostics).toBeUndefined();
});
