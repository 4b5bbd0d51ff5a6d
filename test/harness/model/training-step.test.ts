import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../harness/engine/engine.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { initialise } from '../../../harness/model/initialisation.js';
import type { Model } from '../../../harness/model/model.js';
import { compileTraining, type CompiledTraining, type StepSettings } from '../../../harness/model/training-step.js';
import {
  build,
  differentiate,
  images,
  labels,
  lossOf,
  numbers,
  relativeDifference,
  useCpuBackend,
  warpnet,
  weightsOf,
  wrn,
} from '../../experiments/warpnet/model/fixtures.js';

const size = 4;
const plain: StepSettings = {
  batch: 4,
  weightDecay: 0,
  momentum: 0.9,
  nesterov: false,
  imageSize: size,
};

let engine: Engine;
beforeAll(useCpuBackend);
afterEach(() => engine.close());

async function compile(model: Model, settings: Partial<StepSettings> = {}): Promise<CompiledTraining> {
  engine = await openPlainEngine({ backend: 'cpu' });
  const initial = initialise(model, 1);
  return compileTraining(engine, model, { ...plain, ...settings, evaluationBatch: 4, initial });
}
const pixels = (): Float32Array => numbers(images(4, size));
const classes = (): Int32Array => labels(4).dataSync<'int32'>();
const step = async (training: CompiledTraining, learningRate = 0.1): Promise<number> => {
  const [loss] = await training.step.run(pixels(), classes(), Float32Array.of(learningRate));
  return loss?.[0] ?? Number.NaN;
};
const read = async (training: CompiledTraining, name: string): Promise<Float32Array> => {
  const all = [...training.weights, ...training.accumulators, ...training.state];
  const variable = all.find((candidate) => candidate.name === name);
  if (!variable) throw new Error(`No ${name}`);
  const [value] = await engine.readVariables([variable]);
  return value ?? new Float32Array();
};

describe('a training step', () => {
  it('learns four images by heart', async () => {
    const training = await compile(build(wrn(1), '[F1]'));
    const first = await step(training);
    for (let index = 0; index < 5; index += 1) await step(training);
    expect(await step(training)).toBeLessThan(first / 3);
    const [found] = await training.evaluate.run(pixels());
    const guesses = [...classes()].map((_, image) => {
      const row = [...(found?.slice(10 * image, 10 * image + 10) ?? [])];
      return row.indexOf(Math.max(...row));
    });
    expect(guesses).toEqual([...classes()]);
  });

  it('moves against the gradient by the learning rate', async () => {
    const network = build(wrn(1), '[F1]');
    const training = await compile(network, { momentum: 0 });
    const before = await read(training, 'classifier/bias');
    await step(training, 0.5);
    const [after, gradient] = [
      await read(training, 'classifier/bias'),
      await read(training, 'classifier/bias/momentum'),
    ];
    // The bias's gradient is mean(softmax - one-hot): each image adds 1 - 1.
    expect(Math.abs(gradient.reduce((a, b) => a + b))).toBeLessThan(1e-6);
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01);
    expect(
      relativeDifference(
        after,
        before.map((w, index) => w - 0.5 * (gradient[index] ?? 0)),
      ),
    ).toBeLessThan(1e-6);
  });

  it.each([
    ['all', ['stem/convolution', 'stem/norm/scale', 'classifier/weights', 'classifier/bias']],
    ['weights-and-bias', ['stem/convolution', 'classifier/weights', 'classifier/bias']],
    ['weights', ['stem/convolution', 'classifier/weights']],
  ] as const)('weight decay over %s adds decay * w to the gradients of %j', async (weightDecayScope, decayed) => {
    const network = build(wrn(1), '[F1]', { weightDecayScope });
    const names = ['stem/convolution', 'stem/norm/scale', 'stem/norm/offset', 'classifier/weights', 'classifier/bias'];
    const gradientsWith = async (weightDecay: number) => {
      const training = await compile(network, { weightDecay });
      // A first step moves the bias off 0; the second one's gradient is what momentum gains.
      await training.step.run(pixels(), classes(), Float32Array.of(0));
      const all = await Promise.all(names.map((name) => read(training, `${name}/momentum`)));
      const weights = await Promise.all(names.map((name) => read(training, name)));
      engine.close();
      return { all, weights };
    };
    const [without, withDecay] = [await gradientsWith(0), await gradientsWith(3)];
    for (const [index, name] of names.entries()) {
      const gain =
        withDecay.all[index]?.map((value, at) => value - (without.all[index]?.[at] ?? 0)) ?? new Float32Array();
      const weight = without.weights[index] ?? new Float32Array();
      if (name === 'classifier/bias') continue;
      if ((decayed as readonly string[]).includes(name))
        expect(
          relativeDifference(
            gain,
            weight.map((w) => 3 * w),
          ),
          name,
        ).toBeLessThan(1e-4);
      else expect(Math.hypot(...gain), name).toBe(0);
    }
  });

  it('keeps running averages of mean and variance', async () => {
    const network = build(wrn(1), '[F1]', { batchNormEvaluation: 'running' });
    const training = await compile(network);
    await step(training, 0);
    const [mean, variance] = [await read(training, 'stem/norm/mean'), await read(training, 'stem/norm/variance')];
    await step(training, 0);
    const again = await read(training, 'stem/norm/mean');
    // The weights stand still, so the batch's mean is m both times: 0.1 m, then 0.9 * 0.1 m + 0.1 m.
    expect(Math.hypot(...mean)).toBeGreaterThan(0);
    expect(
      relativeDifference(
        again,
        mean.map((value) => 1.9 * value),
      ),
    ).toBeLessThan(1e-5);
    for (const value of variance) expect(value).toBeGreaterThan(0.9);
  });

  it('has the gradient of its loss, along a direction', () => {
    // loss(w + h d) - loss(w - h d) over 2 h against <gradient, d>, with d along the gradient.
    const network = build(warpnet(1, 2), "[F1, F2, F2'x1]");
    const { gradients } = differentiate(network, 4, size);
    const norm = Math.hypot(...[...gradients.values()].map((gradient) => Math.hypot(...gradient)));
    const h = 1e-3;
    const lossAt = (distance: number) => {
      const weights = weightsOf(network).map((weight, index) => {
        const gradient = gradients.get(network.parameters[index]?.name ?? '') ?? new Float32Array();
        return weight.add(
          weight
            .mul(0)
            .flatten()
            .add([...gradient])
            .reshape(weight.shape)
            .mul(distance / norm),
        );
      });
      return lossOf(network, weights);
    };
    const slope = (lossAt(h) - lossAt(-h)) / (2 * h);
    // The loss has curvature and kinks within the step, and 1e-7 of rounding over 2e-3.
    expect(Math.abs(slope / norm - 1)).toBeLessThan(0.02);
  });
});

describe('data parallelism', () => {
  const states = async (layout: string, options = {}) => {
    const network = build(wrn(1), layout, { batchNormEvaluation: 'running', ...options });
    const training = await compile(network, { weightDecay: 0.01 });
    const losses = [await step(training), await step(training)];
    const values = await engine.readVariables([...training.weights, ...training.state]);
    const names = [...training.weights, ...training.state].map(({ name }) => name);
    engine.close();
    return { losses, values: new Map(names.map((name, index) => [name, values[index] ?? new Float32Array()])) };
  };

  let one: Awaited<ReturnType<typeof states>>;
  let perReplica: typeof one;
  beforeAll(async () => {
    one = await states('[F1]');
    perReplica = await states('2 x [F1]');
  });

  it('with synchronised BN, two parts make the step that one device makes', async () => {
    const two = await states('2 x [F1]', { batchNormReplicas: 'synchronised' });
    // Sums over the batch in another order, through two steps of training.
    for (const [index, loss] of one.losses.entries())
      expect(Math.abs((two.losses[index] ?? 0) - loss)).toBeLessThan(1e-5);
    for (const [name, value] of one.values) {
      // An offset that nothing moves but rounding stays within rounding of 0: measured against weights of size 0.1.
      const floor = 0.1 * Math.sqrt(value.length);
      expect(relativeDifference(two.values.get(name), value, floor), name).toBeLessThan(1e-4);
    }
  });

  it('every copy stays the same as the first, bit for bit', () => {
    const { values } = perReplica;
    const bytes = (name: string) => Buffer.from((values.get(name) ?? new Float32Array()).buffer);
    const copies = [...values.keys()].filter((name) => name.startsWith('replica1/'));
    expect(copies.length).toBeGreaterThan(20);
    for (const name of copies) expect(bytes(name).equals(bytes(name.replace('replica1/', ''))), name).toBe(true);
  });

  it('with BN per replica it is another step, of about the same loss', () => {
    expect(perReplica.losses[0]).not.toBeCloseTo(one.losses[0] ?? 0, 4);
    expect(Math.abs((perReplica.losses[0] ?? 0) - (one.losses[0] ?? 0))).toBeLessThan(1);
  });

  it('refuses a batch that does not divide', async () => {
    await expect(compile(build(wrn(1), '3 x [F1]'))).rejects.toMatchObject({ code: 'BATCH_NOT_DIVISIBLE' });
  });
});
