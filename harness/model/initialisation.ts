/** Initial weights (A7). Each depends on the seed, its name and its shape alone, so layouts and replicas agree. */
import type { Network } from '../../experiments/warpnet/model/network.js';
import type { Parameter } from '../../experiments/warpnet/model/parameters.js';
import { randomStream } from './random.js';

/**
 * `he`: kernels and classifier weights normal with variance 2 / fan-in (He et al., 2015).
 * `released`: kernels from a normal of variance 2.6 / fan-in cut at two deviations, which has variance 2 / fan-in (the 1.3
 * is how TensorFlow's `variance_scaling_initializer` makes up for the cut); classifier weights uniform in
 * +-sqrt(3 / fan-in), `uniform_unit_scaling_initializer`.
 * Scales are 1, offsets and biases 0.
 */
export type Initialisation = 'he' | 'released';

/** Initial values by parameter name; copies of data parallelism share theirs. */
export function initialise(network: Network, kind: Initialisation, seed: number): Map<string, Float32Array> {
  const byBaseName = new Map<string, Float32Array>();
  const values = new Map<string, Float32Array>();
  for (const parameter of network.parameters) {
    const value = byBaseName.get(parameter.baseName) ?? initialValue(parameter, kind, seed);
    byBaseName.set(parameter.baseName, value);
    values.set(parameter.name, value);
  }
  return values;
}

function initialValue({ baseName, shape, role }: Parameter, kind: Initialisation, seed: number): Float32Array {
  const value = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (role === 'scale') return value.fill(1);
  if (role === 'offset' || role === 'classifier-bias') return value;

  const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const stream = randomStream(seed, `${baseName} ${shape.join('x')}`);
  const draw = (): number => {
    if (kind === 'he') return stream.normal() * Math.sqrt(2 / fanIn);
    if (role === 'classifier-weights') return (2 * stream.uniform() - 1) * Math.sqrt(3 / fanIn);
    return truncatedNormal(stream.normal) * Math.sqrt(2.6 / fanIn);
  };
  for (let index = 0; index < value.length; index += 1) value[index] = draw();
  return value;
}

/** A standard normal number, drawn again while it is two deviations or more from 0. */
function truncatedNormal(normal: () => number): number {
  let value = normal();
  while (Math.abs(value) >= 2) value = normal();
  return value;
}
