/** What of a step is the handing over of its batch: on GPUs a copy over the bus, which no layout makes shorter. */
import { reshape, slice } from '@tensorflow/tfjs-core';
import { median } from 'simple-statistics';
import type { Engine } from '../../engine/engine.js';
import type { Batch } from '../training/program.js';

const warmUpRuns = 2;
const runs = 9;

/**
 * Milliseconds, the median of some runs, of a function that is fed the same images [images, height, width, channels] as a step
 * and reads one number of them. What it takes to start a run at all is in it too.
 */
export function feedOf(engine: Engine, shape: readonly number[]): (batch: Batch) => Promise<number> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const touch = engine.compile('feed', [{ shape, dtype: 'float32' }], ([images]) =>
    images === undefined ? [] : [slice(reshape(images, [size]), [0], [1])],
  );
  return async ({ images }) => {
    const times: number[] = [];
    for (let run = -warmUpRuns; run < runs; run += 1) {
      const start = performance.now();
      await touch.run(images);
      if (run >= 0) times.push(performance.now() - start);
    }
    return median(times);
  };
}
