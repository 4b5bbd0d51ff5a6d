/** Kernels that draw random numbers; tfjs draws the others in JavaScript (`random-draws.ts`). */
import * as tf from '@tensorflow/tfjs-core';
import { intScalar } from '../constants.js';
import type { TracedKernel } from './kernel.js';

export const randomKernels: readonly TracedKernel[] = [
  {
    name: tf.Multinomial,
    build: (call) => {
      const { graph } = call;
      const { numSamples, seed, normalized } = call.attributes as {
        numSamples: number;
        seed: number;
        normalized: boolean;
      };
      const logits = normalized ? graph.output('Log', [call.input('logits')]) : call.input('logits');
      // A seed below 1 is tfjs's own, from Math.random: TensorFlow then chooses, at every call.
      const fixed = seed >= 1 ? Math.floor(seed) : 0;
      return graph.output('Multinomial', [logits, intScalar(graph, numSamples)], {
        output_dtype: { type: 'int32' },
        seed: { int: fixed },
        seed2: { int: fixed },
      });
    },
  },
];
