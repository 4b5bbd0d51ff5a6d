/**
 * `node trial-step.js DEVICES`: two small training steps by the traced engine, for `doctor`, in a process of its own because a
 * device that is not well can take the process with it. Prints one line of JSON: `{ "losses": [..] }`, or `{ "problem": ".." }` with
 * exit code 1.
 */
import {
  conv2d,
  matMul,
  relu,
  reshape,
  square,
  sub,
  sum,
  valueAndGrads,
  type Scalar,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { openEngine } from '../engine/open-engine.js';

const [images, kernel, dense] = [[4, 8, 8, 3] as const, [3, 3, 3, 8] as const, [8 * 8 * 8, 1] as const];

const filled = (shape: readonly number[], value: number): Float32Array =>
  new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value);

/** Convolution, rectifier and product, forward and backward, and the update: what cuDNN and cuBLAS are needed for. The losses of both steps. */
async function trySteps(devices: string): Promise<number[]> {
  const { engine } = await openEngine({ devices, engine: 'traced', deterministic: false, tf32: false });
  try {
    const weights = [
      engine.variable('kernel', kernel, filled(kernel, 0.1), 0),
      engine.variable('dense', dense, filled(dense, 0.01), 0),
    ];
    const step = engine.compile('trial', [{ shape: images, dtype: 'float32' }], ([batch], variables) => {
      const lossOf = (filters: Tensor, matrix: Tensor): Scalar => {
        const features = relu(conv2d(batch as Tensor4D, filters as Tensor4D, 1, 'same'));
        return sum(square(matMul(reshape(features, [images[0], dense[0]]), matrix)));
      };
      const { value, grads } = valueAndGrads((...values: Tensor[]) => lossOf(values[0] as Tensor, values[1] as Tensor))(
        weights.map((weight) => variables.read(weight)),
      );
      for (const [at, weight] of weights.entries())
        variables.assign(weight, sub(variables.read(weight), (grads[at] as Tensor).mul(1e-5)));
      return [value];
    });
    const batch = filled(images, 0.5);
    const losses = [await step.run(batch), await step.run(batch)];
    return losses.map(([loss]) => loss?.[0] ?? Number.NaN);
  } finally {
    engine.close();
  }
}

function answer(words: object, exitCode: number): never {
  process.stdout.write(`${JSON.stringify(words)}\n`);
  process.exit(exitCode);
}

try {
  const losses = await trySteps(process.argv[2] ?? '');
  const [first = Number.NaN, second = Number.NaN] = losses;
  if (second < first) answer({ losses }, 0);
  answer({ problem: `the loss of a descending step went from ${first} to ${second}` }, 1);
} catch (error) {
  answer({ problem: error instanceof Error ? error.message : String(error) }, 1);
}
