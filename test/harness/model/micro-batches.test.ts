/** A chain of convolutions cut into two stages, with and without batch normalisation: no paper's network. */
import { relu, slice, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../harness/engine/engine.js';
import { openTracedEngine } from '../../../harness/engine/traced/index.js';
import { lossAndGradients } from '../../../harness/model/gradients.js';
import { imageClassifier } from '../../../harness/model/image-classifier.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { batchNorm, declareBatchNorm, type BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';
import { classify, declareClassifier } from '../../../harness/model/layers/classifier.js';
import { convolution, declareConvolution } from '../../../harness/model/layers/convolution.js';
import type { Model } from '../../../harness/model/model.js';
import { placement } from '../../../harness/model/placement.js';
import { compileStep } from '../../../harness/model/training-step.js';
import { declareVariables } from '../../../harness/model/variables.js';
import { idealSpeedUp } from '../../../harness/plan/paper/pipeline-notation.js';
import { freeLinks } from '../../../harness/project/schedule/links.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import { dryTrainingStep } from '../../../harness/project/step-graph.js';
import {
  images,
  initialState,
  labels,
  largestDifference,
  numbers,
  useCpuBackend,
  weightsOf,
} from '../../experiments/warpnet/model/fixtures.js';

const options: BatchNormOptions = {
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'batch',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
};
const [batch, size] = [8, 4];
/** The stem and units; the first half of the units is with the stem. */
const units = ['unit1', 'unit2', 'unit3', 'unit4'];

function chain(stages: 1 | 2, microBatches: number, normalised = false): Model {
  const last = stages - 1;
  const groupOf = (unit: number): number => (unit < units.length / 2 ? 0 : last);
  return imageClassifier({
    placement: placement(stages, 1, microBatches),
    lastGroup: last,
    options,
    declarations: [
      declareConvolution('stem', [1, 1, 3, 4], 0),
      ...units.flatMap((name, unit) => [
        declareConvolution(name, [3, 3, 4, 4], groupOf(unit)),
        ...(normalised
          ? declareBatchNorm(`${name}/norm`, 4, groupOf(unit), { batchNormEvaluation: 'batch', decayed: false })
          : []),
      ]),
      ...declareClassifier('classifier', [4, 10], last),
    ],
    logits: (pass, parts) => {
      let [x, at] = [convolution(pass, 'stem', 0, parts), 0];
      for (const [unit, name] of units.entries()) {
        const group = groupOf(unit);
        x = pass.map(group, convolution(pass, name, group, pass.transfer(x, at, group)), relu);
        if (normalised) x = batchNorm(pass, `${name}/norm`, group, x);
        at = group;
      }
      return pass.map(last, x, (part, replica) => classify(pass, 'classifier', last, part, replica));
    },
  });
}

interface Differentiated {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

function differentiated(model: Model, from = 0, count = batch): Differentiated {
  const inputs = [slice(images(batch, size), from, count), slice(labels(batch), from, count)];
  const { loss, gradients } = lossAndGradients(model, weightsOf(model), inputs, initialState);
  const byName = gradients.map((gradient: Tensor, index): [string, Float32Array] => [
    model.parameters[index]?.name ?? '',
    numbers(gradient),
  ]);
  return { loss: loss.dataSync()[0] ?? NaN, gradients: new Map(byName) };
}

let engine: Engine | undefined;
beforeAll(useCpuBackend);
afterEach(() => {
  engine?.close();
  engine = undefined;
});

describe('a pipeline of micro-batches', () => {
  it.each([2, 4, 8])(
    'has the gradients of the whole batch where nothing couples its images: M = %i',
    (microBatches) => {
      const whole = differentiated(chain(1, 1));
      const pipelined = differentiated(chain(2, microBatches));
      // The same float32 sums in another order.
      expect(pipelined.loss).toBeCloseTo(whole.loss, 5);
      expect(largestDifference(pipelined.gradients, whole.gradients)).toBeLessThan(1e-5);
    },
  );

  it('has the mean of the gradients of its micro-batches under batch normalisation, which is not that of the batch', () => {
    const alone = chain(1, 1, true);
    const parts = [0, 2, 4, 6].map((from) => differentiated(alone, from, 2).gradients);
    const mean = new Map(
      [...(parts[0] ?? new Map<string, Float32Array>())].map(([name, first]): [string, Float32Array] => [
        name,
        first.map((_, index) => parts.reduce((sum, part) => sum + (part.get(name)?.[index] ?? NaN), 0) / parts.length),
      ]),
    );
    const pipelined = differentiated(chain(2, 4, true)).gradients;
    // Rounding, raised by the division through deviations of few pixels.
    expect(largestDifference(pipelined, mean)).toBeLessThan(1e-4);
    expect(largestDifference(pipelined, differentiated(alone).gradients)).toBeGreaterThan(0.01);
  });

  it('of one micro-batch is the sequential network, bit for bit', () =>
    expect(differentiated(chain(2, 1, true))).toEqual(differentiated(chain(1, 1, true))));

  it('refuses a batch that it cannot cut', () =>
    expect(() =>
      dryTrainingStep(chain(2, 3), { batch, imageSize: size, weightDecay: 0, momentum: 0.9, nesterov: false }),
    ).toThrow(/8 cannot be cut into 3/));
});

/** Loss of the first step and of the second, after one update. */
async function losses(model: Model): Promise<number[]> {
  engine = openTracedEngine({ devices: { kind: 'cores', count: model.devices } });
  const variables = declareVariables(engine, model, initialise(model, 1));
  const step = compileStep(engine, model, variables, {
    batch,
    imageSize: size,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: false,
  });
  const feeds = [numbers(images(batch, size)), labels(batch).dataSync<'int32'>(), Float32Array.of(0.5)];
  const [first] = await step.run(...feeds);
  const [second] = await step.run(...feeds);
  engine.close();
  engine = undefined;
  return [first?.[0] ?? NaN, second?.[0] ?? NaN];
}

it('on two devices of the traced engine, one update is that of the whole batch', async () => {
  const [whole, pipelined] = [await losses(chain(1, 1)), await losses(chain(2, 4))];
  expect(Math.abs((whole[1] ?? 0) - (whole[0] ?? 0))).toBeGreaterThan(1e-3);
  // Float32 sums in another order, through one update.
  for (const [index, loss] of whole.entries()) expect(pipelined[index]).toBeCloseTo(loss, 4);
});

describe('the schedule of a dry pipeline', () => {
  /**
   * Microseconds of a step where a unit's forward pass takes 1, the gradient that the unit before waits for 2, and nothing
   * else any time: gradients of kernels, which nobody waits for, fill the gaps of a pipeline and would make it better.
   */
  function stepTime(model: Model): number {
    const graph = dryTrainingStep(model, { batch, imageSize: size, weightDecay: 0, momentum: 0.9, nesterov: false });
    const kernelElements = 3 * 3 * 4 * 4;
    const prices: Record<string, number> = { Conv2D: 1, Conv2DBackpropInput: 2 };
    const isOfUnit = ({ flops }: (typeof graph.operations)[number]): boolean =>
      flops === (2 * batch * size ** 2 * kernelElements) / model.parts;
    const durations = Float64Array.from(graph.operations, (operation) =>
      isOfUnit(operation) ? (prices[operation.type] ?? 0) / model.parts : 0,
    );
    return simulate(prepareGraph(graph), durations, { topology: freeLinks(model.devices) }).stepTime;
  }

  it.each([1, 2, 4, 8])('of two balanced stages and %i micro-batches is the ideal one', (microBatches) => {
    const alone = stepTime(chain(1, 1));
    expect(alone).toBe(units.length * 3);
    expect(alone / stepTime(chain(2, microBatches))).toBeCloseTo(idealSpeedUp({ microBatches, stages: [2, 2] }), 9);
  });

  it('adds up the gradients of micro-batches, and updates each weight once', () => {
    const settings = { batch, imageSize: size, weightDecay: 0, momentum: 0.9, nesterov: false };
    const count = (model: Model, type: string): number =>
      dryTrainingStep(model, settings).operations.filter((operation) => operation.type === type).length;
    const [alone, pipelined] = [chain(1, 1), chain(2, 4)];
    expect(count(pipelined, 'Conv2DBackpropFilter')).toBe(4 * count(alone, 'Conv2DBackpropFilter'));
    expect(count(pipelined, 'ResourceApplyMomentum')).toBe(count(alone, 'ResourceApplyMomentum'));
  });
});
