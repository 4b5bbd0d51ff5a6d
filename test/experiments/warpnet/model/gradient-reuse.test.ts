import { grads, mul, sum, tensor, type Rank, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { sharedGradient, unitsThatReuse } from '../../../../experiments/warpnet/model/gradient-reuse.js';
import type { NetworkOptions } from '../../../../experiments/warpnet/model/options.js';
import type { NetworkSpecification } from '../../../../experiments/warpnet/model/specification.js';
import { checkOptions } from '../../../../experiments/warpnet/options.js';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { placement } from '../../../../harness/model/placement.js';
import { dryTrainingStep } from '../../../../harness/project/step-graph.js';
import { withoutConstants } from '../../../../harness/project/without-constants.js';
import {
  build,
  differentiate,
  largestDifference,
  normal,
  numbers,
  paperOptions,
  relativeDifference,
  useCpuBackend,
  warpnet,
} from './fixtures.js';

beforeAll(useCpuBackend);
const reuse = { gradientReuse: 'derivative' } as const;

describe('which units re-use the gradient of their derivative', () => {
  it.each([
    ["[F1] [F2, F2'x1]", [2]],
    ["[F1] [F2] [F3] [F2'x1, F3'x1]", [2, 3]],
    ["[F1] [F2] [F2'F1]", [2]],
    // F3'F2 sends F2 a gradient of its own.
    ["[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", [3]],
  ])('%s: %j', (layout, units) => {
    const parsed = parseLayout(layout);
    expect([...unitsThatReuse(parsed.kind === 'operator' ? parsed.brackets.flat() : [])]).toEqual(units);
  });
});

it('a shared gradient reaches the vector, and the others times the factor', () => {
  const pass = new ForwardPass({ placement: placement(1, 1), parameters: [], state: [] }, paperOptions, 'train', {
    operations: plainOperations,
    weight: () => tensor(0),
    state: () => tensor(0),
    assignState: () => undefined,
  });
  const [v, other, weight] = ['v', 'other', 'weight'].map((name) => normal<Rank.R4>(name, [1, 2, 2, 3])) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ];
  const f = (x: Tensor4D, y: Tensor4D): Tensor => sum(mul(sharedGradient(pass, 0, [x], [[y]], 0.5)[0] ?? x, weight));
  const [ofV, ofOther] = grads(f as (...inputs: Tensor[]) => Tensor)([v, other]) as [Tensor, Tensor];
  expect(numbers(ofV)).toEqual(numbers(weight));
  expect(numbers(ofOther)).toEqual(numbers(weight).map((value) => value / 2));
});

/** Operations of the backward pass of one warp layer, by device: the difference between two layers a stage and one. */
function perLayer(of: NetworkSpecification, layout: string, options: Partial<NetworkOptions>, type: string): number[] {
  const count = (Nwarp: number): number[] => {
    const network = { ...of, Nwarp } as NetworkSpecification;
    const settings = { batch: 2, weightDecay: 0, momentum: 0.9, nesterov: false };
    const graph: StepGraph = withoutConstants(dryTrainingStep(build(network, layout, options), settings));
    return Array.from(
      { length: graph.devices },
      (_, device) =>
        graph.operations.filter(
          (operation) => operation.device === device && operation.pass === 'backward' && operation.type === type,
        ).length,
    );
  };
  const [one, two] = [count(1), count(2)];
  return two.map((operations, device) => (operations - (one[device] ?? 0)) / 3);
}

describe('what falls away from the backward pass of a warp layer', () => {
  const input = 'Conv2DBackpropInput';

  it.each([
    // Conv_a of the branch F2: its other convolution has to tell Conv_a's kernel its gradient.
    [1, 2, "[F1] [F2, F2'x1]", [2, 4], [2, 3]],
    [1, 2, "[F1] [F2] [F2'x1]", [2, 2, 2], [2, 1, 2]],
    [1, 3, "[F1] [F2, F2'x1] [F3, F3'x1]", [2, 4, 4], [2, 3, 3]],
    [2, 2, "[F1] [F2] [F2'F1]", [2, 2, 2], [2, 1, 2]],
    [2, 3, "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", [2, 2, 2, 6], [2, 2, 1, 6]],
  ] as const)(
    'WarpNet%i, K = %i, %s: one input gradient of a convolution for each unit that re-uses',
    (version, K, layout, none, reused) => {
      expect(perLayer(warpnet(version, K), layout, {}, input)).toEqual(none);
      expect(perLayer(warpnet(version, K), layout, reuse, input)).toEqual(reused);
    },
  );

  it('no gradient of a kernel, and no normalisation', () => {
    for (const type of ['Conv2DBackpropFilter', 'FusedBatchNormGradV3'])
      expect(perLayer(warpnet(1, 2), "[F1] [F2, F2'x1]", reuse, type)).toEqual(
        perLayer(warpnet(1, 2), "[F1] [F2, F2'x1]", {}, type),
      );
  });

  it('and without re-use autodiff applies the transposed derivative of an output once to the sum of what arrives there', () => {
    // F1's output goes to the sum and into F2'F1: two gradients arrive, and its two convolutions run backwards once.
    expect(perLayer(warpnet(2, 2), "[F1] [F2] [F2'F1]", {}, input)[0]).toBe(2);
  });
});

describe('the gradient with re-use', () => {
  const layout = "[F1] [F2, F2'x1]";
  const gradientsOf = (options: Partial<NetworkOptions>) => differentiate(build(warpnet(1, 2), layout, options), 2, 4);
  const last = 'stage3/unit';

  it('leaves the loss and, in the last layer, every gradient of a kernel as it is', () => {
    const [none, reused] = [gradientsOf({}), gradientsOf(reuse)];
    expect(reused.loss).toBe(none.loss);
    for (const name of [`${last}1/convolutionA`, `${last}2/convolutionA`, `${last}2/convolutionB`])
      expect(relativeDifference(reused.gradients.get(name), none.gradients.get(name) ?? new Float32Array())).toBe(0);
  });

  it('is another one for what lies before, and for the normalisation before the branch', () => {
    const [none, reused] = [gradientsOf({}), gradientsOf(reuse)];
    for (const name of ['stem/convolution', `${last}2/normA/scale`])
      expect(
        relativeDifference(reused.gradients.get(name), none.gradients.get(name) ?? new Float32Array()),
      ).toBeGreaterThan(0.01);
  });

  it('is the same on any layout', () => {
    const alone = differentiate(build(warpnet(1, 2), "[F1, F2, F2'x1]", reuse), 2, 4).gradients;
    const apart = differentiate(build(warpnet(1, 2), "[F1] [F2] [F2'x1]", reuse), 2, 4).gradients;
    // Rounding in another order, raised by the division through deviations of few pixels.
    expect(largestDifference(apart, alone)).toBeLessThan(1e-3);
  });
});

describe('without a gradient to re-use', () => {
  it.each(['released', 'port', 'R4'])('it is refused under derivative: %s, with the reason', (derivative) =>
    expect(() => checkOptions({ derivative, gradientReuse: 'derivative' })).toThrow(/does not exist under derivative/),
  );
  it.each(['R1', 'R2', 'R3'])('and is there under %s', (derivative) =>
    expect(() => checkOptions({ derivative, gradientReuse: 'derivative' })).not.toThrow(),
  );
});
