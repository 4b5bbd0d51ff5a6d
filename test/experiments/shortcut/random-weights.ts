/** Weights in general position, for tests. */
import { randomStream } from '../../../harness/model/random.js';
import { normalise } from '../../../experiments/shortcut/model/vectors.js';
import type { Weights } from '../../../experiments/shortcut/model/teacher.js';

export function randomWeights(k: number, p: number, seed: number): Weights {
  const { normal } = randomStream(seed, 'weights of a test');
  return { a: Float64Array.from({ length: k }, normal), v: normalise(Float64Array.from({ length: p }, normal)) };
}
