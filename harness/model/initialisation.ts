/** Initial weights. Each depends on the seed, its name and its shape alone, so placements and replicas agree. */
import type { Model } from './model.js';
import { elementsOf, type Distribution, type Parameter } from './parameter.js';
import { randomStream, type RandomStream } from './random.js';

/** Initial values by parameter name; copies of data parallelism share theirs. */
export function initialise({ parameters }: Pick<Model, 'parameters'>, seed: number): Map<string, Float32Array> {
  const byBaseName = new Map<string, Float32Array>();
  const values = new Map<string, Float32Array>();
  for (const parameter of parameters) {
    const value = byBaseName.get(parameter.baseName) ?? initialValue(parameter, seed);
    byBaseName.set(parameter.baseName, value);
    values.set(parameter.name, value);
  }
  return values;
}

function initialValue({ baseName, shape, initial }: Parameter, seed: number): Float32Array {
  const draw = sampler(initial, randomStream(seed, `${baseName} ${shape.join('x')}`));
  const value = new Float32Array(elementsOf(shape));
  // Many times as fast as `Float32Array.from`.
  for (let index = 0; index < value.length; index += 1) value[index] = draw();
  return value;
}

function sampler(distribution: Distribution, { normal, uniform }: RandomStream): () => number {
  switch (distribution.kind) {
    case 'constant':
      return () => distribution.value;
    case 'normal': {
      const deviation = Math.sqrt(distribution.variance);
      return () => normal() * deviation;
    }
    case 'truncated-normal': {
      const deviation = Math.sqrt(distribution.variance);
      return () => truncatedNormal(normal) * deviation;
    }
    case 'uniform':
      return () => (2 * uniform() - 1) * distribution.bound;
  }
}

/** A standard normal number, drawn again while it is two deviations or more from 0. */
function truncatedNormal(normal: () => number): number {
  let value = normal();
  while (Math.abs(value) >= 2) value = normal();
  return value;
}
