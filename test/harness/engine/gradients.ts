/** Losses and gradients of a network's training loss on any engine. */
import type { Engine } from '../../../harness/engine/engine.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { buildModel } from '../../../experiments/warpnet/model/network.js';
import { lossAndGradients } from '../../../harness/model/gradients.js';
import { randomStream } from '../../../harness/model/random.js';
import { accessTo, declareVariables } from '../../../harness/model/variables.js';
import type { EngineCase } from './cases.js';

export interface Gradients {
  readonly loss: number;
  readonly byName: ReadonlyMap<string, Float32Array>;
}

/** Images of `size` x `size`, [batch, size, size, 3], and labels; the same for every engine. */
export function exampleBatch(batch: number, size: number): { images: Float32Array; labels: Int32Array } {
  const stream = randomStream(7, 'example batch');
  const images = Float32Array.from({ length: batch * size * size * 3 }, () => stream.normal());
  return { images, labels: Int32Array.from({ length: batch }, (_, index) => (index * 3) % 10) };
}

export async function gradientsOn(engine: Engine, example: EngineCase, batch = 4, size = 8): Promise<Gradients> {
  const model = buildModel(example.network, example.options, example.layout);
  const declared = declareVariables(engine, model, initialise(model, 3));
  const { images, labels } = exampleBatch(batch, size);
  const compiled = engine.compile('gradients', model.inputs(batch, size), (inputs, variables) => {
    const weights = declared.weights.map((weight) => variables.read(weight));
    const access = accessTo(model, declared, engine.operations, variables);
    const { loss, gradients } = lossAndGradients(model, weights, inputs, access);
    return [loss, ...gradients];
  });
  const [loss, ...gradients] = await compiled.run(images, labels);
  return {
    loss: loss?.[0] ?? NaN,
    byName: new Map(model.parameters.map(({ name }, index) => [name, gradients[index] as Float32Array])),
  };
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

/**
 * The largest |a - b| / |b| over all tensors, Euclidean, with its tensor. An offset that another normalisation follows
 * has a gradient of 0 in exact arithmetic, and rounding noise in any other: no tensor counts as smaller than 1e-2 of the
 * largest.
 */
export function largestDifference(a: Gradients, b: Gradients): { name: string; relative: number } {
  const floor = 1e-2 * Math.max(...[...b.byName.values()].map(norm));
  let largest = { name: 'loss', relative: Math.abs(a.loss - b.loss) / Math.abs(b.loss) };
  for (const [name, expected] of b.byName) {
    const actual = a.byName.get(name);
    const difference = norm(expected.map((value, index) => value - (actual?.[index] ?? NaN)));
    const relative = difference / Math.max(norm(expected), floor);
    if (!(relative <= largest.relative)) largest = { name, relative };
  }
  return largest;
}
