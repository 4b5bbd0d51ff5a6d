import { engine, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import type { Mode } from '../../../../harness/model/forward-pass.js';
import type { Model, ModelAccess } from '../../../../harness/model/model.js';
import { among } from '../../../../harness/model/variables.js';
import type { Operations } from '../../../../harness/engine/operations.js';
import type { NetworkOptions } from '../../../../experiments/warpnet/model/options.js';
import {
  normal,
  build,
  differentiate,
  images,
  labels,
  largestDifference,
  numbers,
  relativeDifference,
  useCpuBackend,
  warpnet,
  weightsOf,
  wrn,
} from './fixtures.js';

beforeAll(useCpuBackend);

/** Weights and running statistics with nothing special about them. */
const accessOf = (model: Model, operations: Operations): ModelAccess => ({
  operations,
  weight: among(model.parameters, weightsOf(model)),
  state: ({ name, shape }) => {
    const value = normal(name, [...shape]);
    return name.endsWith('/mean') ? value : value.abs().add(0.5);
  },
  assignState: () => undefined,
});

/** In training, what the cross-entropy is given; in evaluation, the output. */
function logits(
  model: Model,
  mode: Mode = 'evaluate',
  operations: Operations = plainOperations,
  batch: Tensor4D = images(2, 4),
): Float32Array {
  const [count] = batch.shape;
  const seen: Tensor[] = [];
  if (mode === 'evaluate') seen.push(...model.outputs([batch], accessOf(model, operations)));
  else {
    const crossEntropy = (found: Tensor2D, classes: Tensor1D): Tensor1D => {
      seen.push(found);
      return operations.crossEntropy(found, classes);
    };
    model.loss([batch, labels(count)], accessOf(model, { ...operations, crossEntropy }));
  }
  const [output] = seen;
  if (!output) throw new Error('No output');
  expect(output.shape).toEqual([count, 10]);
  return numbers(output);
}

describe('the layout does not change the function', () => {
  const cases: [1 | 2, number, string[]][] = [
    [1, 2, ["[F1, F2, F2'x1]", "[F1] [F2, F2'x1]", "[F1] [F2] [F2'x1]", "[F2'x1] [F2] [F1]", "2 x [F1, F2, F2'x1]"]],
    [2, 2, ["[F1, F2, F2'F1]", "[F1] [F2] [F2'F1]", "[F1] [F2] [F2'F1] recompute", "[F2, F2'F1] [F1]"]],
    [1, 3, ["[F1, F2, F3, F2'x1, F3'x1]", "[F1] [F2, F2'x1] [F3, F3'x1]", "[F1] [F2] [F3] [F2'x1, F3'x1]"]],
    [2, 3, ["[F1, F2, F3, F2'F1, F3'F1, F3'F2]", "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2] recompute"]],
  ];
  it.each(cases)('WarpNet%i, K = %i', (version, K, layouts) => {
    const values = layouts.map((layout) => logits(build(warpnet(version, K), layout)));
    const [first = new Float32Array()] = values;
    // Sums in another order: float32 rounding, raised a little by each normalisation.
    for (const value of values) expect(relativeDifference(value, first)).toBeLessThan(1e-4);
  });

  it.each(['R2', 'R3', 'R4', 'released'] as const)('nor does it under %s', (derivative) => {
    const one = logits(build(warpnet(2, 2), "[F1, F2, F2'F1]", { derivative }));
    const three = logits(build(warpnet(2, 2), "[F1] [F2] [F2'F1]", { derivative }));
    expect(relativeDifference(three, one)).toBeLessThan(1e-4);
    expect(relativeDifference(one, logits(build(warpnet(2, 2), "[F1, F2, F2'F1]")))).toBeGreaterThan(1e-2);
  });

  it('nor its gradients', () => {
    const one = differentiate(build(warpnet(2, 2), "[F1, F2, F2'F1]"), 2, 4);
    const three = differentiate(build(warpnet(2, 2), "[F1] [F2] [F2'F1] recompute"), 2, 4);
    expect(three.loss).toBeCloseTo(one.loss, 4);
    // Rounding in another order, raised by the division through deviations of few pixels.
    expect(largestDifference(three.gradients, one.gradients)).toBeLessThan(1e-3);
  });
});

describe('options', () => {
  const differs = (options: Partial<NetworkOptions>, network = wrn(1), layout = '[F1]', mode: Mode = 'train') =>
    relativeDifference(logits(build(network, layout, options), mode), logits(build(network, layout), mode));

  it('fused and separate reductions are one function', () =>
    expect(differs({ batchNorm: 'moments' })).toBeLessThan(1e-4));
  it('with the same gradients', () => {
    const fused = differentiate(build(warpnet(1, 2), "[F1, F2, F2'x1]"), 2, 4).gradients;
    const separate = differentiate(build(warpnet(1, 2), "[F1, F2, F2'x1]", { batchNorm: 'moments' }), 2, 4).gradients;
    expect(largestDifference(separate, fused)).toBeLessThan(1e-3);
  });
  it('zeros and copies are two', () => expect(differs({ widening: 'zeros' })).toBeGreaterThan(1e-2));
  it('epsilon counts', () => expect(differs({ batchNormEpsilon: 0.1 })).toBeGreaterThan(1e-3));
  it("evaluation with the batch's own statistics is what training computes", () => {
    const network = build(wrn(1), '[F1]');
    expect(logits(network, 'evaluate')).toEqual(logits(network, 'train'));
  });
  it('evaluation with running averages is another function, and does not see the rest of the batch', () => {
    const network = build(wrn(1), '[F1]', { batchNormEvaluation: 'running' });
    const evaluate = (batch: Tensor4D) => logits(network, 'evaluate', plainOperations, batch);
    const both = evaluate(images(2, 4));
    const alone = evaluate(images(2, 4).slice([0], [1]));
    expect(relativeDifference(both.slice(0, 10), alone)).toBeLessThan(1e-5);
  });
  it("one or two F3'x1 are different networks", () =>
    expect(differs({ derivativeTerms: 'per-pair' }, warpnet(1, 3), "[F1, F2, F3, F2'x1, F3'x1]")).toBeGreaterThan(
      1e-2,
    ));
});

describe('the work of each device (method.md 7.2)', () => {
  /** Kernels of each kind and device in a forward pass over three warp layers. */
  function count(model: Model, kernel: string): number[] {
    const counts = Array<number>(model.devices).fill(0);
    let device = 0;
    const placed: Operations = {
      ...plainOperations,
      onDevice: (next, build) => {
        const outer = device;
        device = next;
        try {
          return build();
        } finally {
          device = outer;
        }
      },
    };
    const tfjs = engine();
    const run = tfjs.runKernel.bind(tfjs);
    const spy = vi.spyOn(tfjs, 'runKernel').mockImplementation((name, inputs, attributes) => {
      if (name === kernel) counts[device] = (counts[device] ?? 0) + 1;
      return run(name, inputs, attributes);
    });
    logits(model, 'train', placed);
    spy.mockRestore();
    return counts;
  }
  const stem = 1;
  const layers = 3;

  it.each([
    [wrn(2), '[F1, F2]', [4]],
    [warpnet(1, 2), "[F1] [F2] [F2'x1]", [2, 2, 2]],
    [warpnet(1, 2), "[F1] [F2, F2'x1]", [2, 4]],
    [warpnet(1, 3), "[F1] [F2] [F3] [F2'x1, F3'x1]", [2, 2, 2, 4]],
    [warpnet(1, 3), "[F1] [F2, F2'x1] [F3, F3'x1]", [2, 4, 4]],
    [warpnet(2, 2), "[F1] [F2] [F2'F1]", [2, 2, 3]],
    [warpnet(2, 2), "[F1] [F2] [F2'F1] recompute", [2, 2, 5]],
    // Conv_a(x1) of unit 3 serves both of its terms.
    [warpnet(2, 3), "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", [2, 2, 2, 8]],
  ])('%o as %s: %j convolutions a layer', (network, layout, convolutions) => {
    const [home = 0, ...others] = convolutions;
    expect(count(build(network, layout), 'Conv2D')).toEqual([stem + layers * home, ...others.map((n) => layers * n)]);
  });

  it('what crosses devices crosses once: the input, and each shared kernel', () => {
    const crossings = (version: 1 | 2, layout: string) => count(build(warpnet(version, 2), layout), 'Identity');
    expect(crossings(1, "[F1] [F2, F2'x1]")).toEqual([0, layers]);
    expect(crossings(1, "[F1] [F2] [F2'x1]")).toEqual([0, layers, 3 * layers]);
    // And F1(x1) for F2'F1.
    expect(crossings(2, "[F1] [F2] [F2'F1]")).toEqual([0, layers, 4 * layers]);
  });
});
