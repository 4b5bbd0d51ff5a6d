import { expect, it } from 'vitest';
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
  expect(learningRateAt(schedule, step)).toBeCloseTo(rate, 15);
});
