/** A network that is no paper's, built on the layers, placed on groups of devices and on replicas. */
import { relu } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { openTracedEngine } from '../../../harness/engine/traced/index.js';
import type { Declaration } from '../../../harness/model/declaration.js';
import { lossAndGradients } from '../../../harness/model/gradients.js';
import { imageClassifier } from '../../../harness/model/image-classifier.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { batchNorm, declareBatchNorm, type BatchNormOptions } from '../../../harness/model/layers/batch-norm.js';
import { classify, declareClassifier } from '../../../harness/model/layers/classifier.js';
import { convolution, declareConvolution } from '../../../harness/model/layers/convolution.js';
import { widen } from '../../../harness/model/layers/widening.js';
import { parameterCount, type Model } from '../../../harness/model/model.js';
import { heNormal } from '../../../harness/model/parameter.js';
import { placement, type Placement } from '../../../harness/model/placement.js';
import { compileTraining } from '../../../harness/model/training-step.js';
import { accessTo, declareVariables } from '../../../harness/model/variables.js';
import { images, labels, largestDifference, numbers, useCpuBackend } from '../../experiments/warpnet/model/fixtures.js';

const options: BatchNormOptions = {
  batchNorm: 'moments',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'running',
  batchNormDecay: 0.75,
  batchNormReplicas: 'synchronised',
};
const [batch, size] = [4, 8];
const declarations = (unit: number): Declaration[] => {
  const kernel = (name: string, shape: readonly [number, number, number, number], group: number) =>
    declareConvolution(name, shape, group, { initial: heNormal(shape), decayed: true });
  const norm = (name: string, group: number) =>
    declareBatchNorm(name, 4, group, { batchNormEvaluation: 'running', decayed: false });
  const classifier = { initial: heNormal([8, 10]), decayed: true, biasDecayed: false };
  return [
    kernel('stem/convolution', [3, 3, 3, 4], 0),
    ...norm('stem/norm', 0),
    kernel('unit/convolution', [1, 1, 4, 4], unit),
    ...norm('unit/norm', unit),
    ...declareClassifier('classifier', [8, 10], 0, classifier),
  ];
};

/** A strided stem on group 0, a unit on the last group, wider features, a classifier on group 0. */
function build(place: Placement): Model {
  const unit = place.devices / place.replicas - 1;
  return imageClassifier({
    placement: place,
    declarations: declarations(unit),
    options,
    logits: (pass, shards) => {
      const stem = batchNorm(pass, 'stem/norm', 0, convolution(pass, 'stem/convolution', 0, shards, 2));
      const there = pass.transfer(pass.map(0, stem, relu), 0, unit);
      const computed = batchNorm(pass, 'unit/norm', unit, convolution(pass, 'unit/convolution', unit, there));
      const features = widen(pass, 0, pass.sum(0, [stem, pass.transfer(computed, unit, 0)]), 2, 'zeros');
      return pass.map(0, features, (part, replica) => classify(pass, 'classifier', 0, part, replica));
    },
  });
}

let engine: Engine | undefined;
beforeAll(useCpuBackend);
afterEach(() => {
  engine?.close();
  engine = undefined;
});

/** Loss, gradients by base name (those of the copies added), and the running statistics after the step. */
async function stepOf(on: Engine, model: Model) {
  engine = on;
  const declared = declareVariables(on, model, initialise(model, 1));
  const compiled = on.compile('gradients', model.inputs(batch, size), (inputs, variables) => {
    const weights = declared.weights.map((weight) => variables.read(weight));
    const { loss, gradients } = lossAndGradients(
      model,
      weights,
      inputs,
      accessTo(model, declared, on.operations, variables),
    );
    return [loss, ...gradients];
  });
  const [loss, ...gradients] = await compiled.run(numbers(images(batch, size)), labels(batch).dataSync<'int32'>());
  const sums = new Map<string, Float32Array>();
  for (const [index, { baseName }] of model.parameters.entries()) {
    const gradient = gradients[index] as Float32Array;
    sums.set(
      baseName,
      gradient.map((value, at) => value + (sums.get(baseName)?.[at] ?? 0)),
    );
  }
  const state = await on.readVariables(declared.state);
  on.close();
  engine = undefined;
  return { loss: loss?.[0] ?? Number.NaN, gradients: sums, state };
}

// Float32 sums in another order, raised a little by two normalisations.
const tolerance = 1e-4;

describe('a network on two device groups with two replicas', () => {
  it('has a copy of each weight for each replica, on a device of its group, and running averages on the first', () => {
    const { parameters, state, devices } = build(placement(2, 2));
    expect(devices).toBe(4);
    const where = parameters.map(({ name, device }) => [name, device]);
    expect(where).toContainEqual(['stem/convolution', 0]);
    expect(where).toContainEqual(['replica1/stem/convolution', 1]);
    expect(where).toContainEqual(['unit/convolution', 2]);
    expect(where).toContainEqual(['replica1/unit/convolution', 3]);
    expect(state.map(({ name, device }) => [name, device])).toEqual([
      ['stem/norm/mean', 0],
      ['stem/norm/variance', 0],
      ['unit/norm/mean', 2],
      ['unit/norm/variance', 2],
    ]);
    // 108 + 8, 16 + 8 and 80 + 10: copies are not counted again.
    expect(parameterCount({ parameters })).toBe(230);
  });

  it('makes the step that one device makes', async () => {
    const one = await stepOf(await openPlainEngine({ backend: 'cpu' }), build(placement(1, 1)));
    const four = await stepOf(openTracedEngine({ devices: { kind: 'cores', count: 4 } }), build(placement(2, 2)));
    expect(Math.abs(four.loss / one.loss - 1)).toBeLessThan(tolerance);
    expect(largestDifference(four.gradients, one.gradients)).toBeLessThan(tolerance);
    for (const [index, value] of one.state.entries()) {
      const initial = index % 2;
      expect(Math.hypot(...value.map((each) => each - initial))).toBeGreaterThan(0.01);
      for (const [at, each] of value.entries()) expect(four.state[index]?.[at]).toBeCloseTo(each, 4);
    }
  });
});

it('evaluates with running averages: an image does not see the rest of its batch', async () => {
  engine = await openPlainEngine({ backend: 'cpu' });
  const model = build(placement(1, 2));
  const settings = { batch, imageSize: size, weightDecay: 0, momentum: 0.9, nesterov: false };
  const initial = initialise(model, 1);
  const { step, evaluate } = compileTraining(engine, model, { ...settings, evaluationBatch: 2, initial });
  const pixels = numbers(images(batch, size));
  await step.run(pixels, labels(batch).dataSync<'int32'>(), Float32Array.of(0.1));
  const pair = (second: number) => {
    const image = (index: number) => pixels.subarray(index * size * size * 3, (index + 1) * size * size * 3);
    return Float32Array.of(...image(0), ...image(second));
  };
  const logitsBeside = async (second: number) => (await evaluate.run(pair(second)))[0]?.slice(0, 10);
  const logits = await logitsBeside(1);
  expect(logits).toHaveLength(10);
  expect(logits).toEqual(await logitsBeside(2));
  expect(evaluate.outputs).toEqual([{ shape: [2, 10], dtype: 'float32' }]);
});
