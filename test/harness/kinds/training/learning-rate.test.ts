import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../../harness/kinds/training/learning-rate.js';

const published = { learningRate: 0.1, dropSteps: [23_438, 46_875, 62_500], dropFactor: 0.1 };
const released = { learningRate: 0.1, dropSteps: [23_461, 46_921], dropFactor: 0.1 };

it.each([
  // After 60 epochs of 50000 images in batches of 128: step 23438 is the first of epoch 61.
  { name: 'published', schedule: published, step: 0, rate: 0.1 },
  { name: 'published', schedule: published, step: 23_437, rate: 0.1 },
  { name: 'published', schedule: published, step: 23_438, rate: 0.01 },
  { name: 'published', schedule: published, step: 46_875, rate: 0.001 },
  { name: 'published', schedule: published, step: 79_999, rate: 0.0001 },
  // cifar10_train.py of zanarashidi/warpnet multiplies the rate by 0.1 behind the training step of `step == decay_step0`,
  // 23460 (hyper_parameters.py), and of decay_step1, 46920: these steps themselves still have the old rate.
  { name: 'released', schedule: released, step: 23_460, rate: 0.1 },
  { name: 'released', schedule: released, step: 23_461, rate: 0.01 },
  { name: 'released', schedule: released, step: 46_920, rate: 0.01 },
  { name: 'released', schedule: released, step: 46_921, rate: 0.001 },
  { name: 'released', schedule: released, step: 79_999, rate: 0.001 },
  { name: 'no drops', schedule: { learningRate: 0.4, dropSteps: [], dropFactor: 0.1 }, step: 1_000, rate: 0.4 },
])('$name: step $step learns at $rate', ({ schedule, step, rate }) => {
  // Powers of 0.1 are not exact in binary.
  expect(learningRateAt({ ...schedule, steps: 80_000 }, step)).toBeCloseTo(rate, 15);
});

describe('a cosine with restarts after 4 and 7 of 9 steps', () => {
  const schedule = {
    learningRate: 0.5,
    dropSteps: [],
    dropFactor: 1,
    steps: 9,
    cosine: { final: 0.1, restarts: [4, 7] },
  };
  const rates = Array.from({ length: 9 }, (_, step) => learningRateAt(schedule, step));

  it('begins each cycle with the whole rate and ends it with the final one', () => {
    expect([rates[0], rates[4], rates[7]]).toEqual([0.5, 0.5, 0.5]);
    expect([rates[3], rates[6], rates[8]]).toEqual([0.1, 0.1, 0.1]);
  });

  it('is half-way in the middle of a cycle, and falls in the first one as half a cosine', () => {
    expect(rates[5]).toBeCloseTo(0.3, 12);
    // 0.1 + 0.2 (1 + cos(pi / 3))
    expect(rates[1]).toBeCloseTo(0.4, 12);
    expect(rates[2]).toBeCloseTo(0.2, 12);
  });
});
