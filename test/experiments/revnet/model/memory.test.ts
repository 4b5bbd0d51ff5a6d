/** What a step keeps, by the number of units a stage: Table 1 of the paper, on graphs. */
import { describe, expect, it } from 'vitest';
import { backwardPasses, type BackwardPass } from '../../../../experiments/revnet/model/options.js';
import { memoryInProgramOrder } from '../../../../harness/project/memory.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { build, stepGraphOf, thin } from './networks.js';

const unitsPerStage = [3, 6, 9, 18] as const;

const graphs = new Map<string, StepGraph>();
function graphOf(backward: BackwardPass, units: number, replicas = 1): StepGraph {
  const key = `${backward} ${units} ${replicas}`;
  const graph = graphs.get(key) ?? stepGraphOf(build(thin('basic', units), { backward }, replicas));
  graphs.set(key, graph);
  return graph;
}

/** Most bytes of activations alive at a time, for each number of units. */
const activations = (backward: BackwardPass, replicas = 1): number[] =>
  unitsPerStage.map((units) => memoryInProgramOrder(graphOf(backward, units, replicas))[0]?.activations ?? NaN);

const differences = (values: readonly number[]): number[] =>
  values.slice(1).map((value, index) => value - (values[index] ?? NaN));

describe('activations alive at a time', () => {
  it.each(['reversible-4N', 'reversible-5N'] as const)('%s: do not grow with the units', (backward) => {
    const bytes = activations(backward);
    expect(Math.max(...bytes) / Math.min(...bytes)).toBeLessThan(1.02);
  });

  it('plain: grow by the same for each unit', () => {
    const bytes = activations('plain');
    const each = differences(bytes).map((more, index) => more / ([3, 3, 9][index] ?? NaN));
    // Sizes of tensors are whole numbers: no tolerance.
    expect(new Set(each).size).toBe(1);
    expect(bytes[3]).toBeGreaterThan(5 * (bytes[0] ?? NaN));
  });

  it('checkpoints: slower than the units, faster than nothing; recursive ones slower still', () => {
    const [squareRoot, recursive] = [activations('checkpoint-sqrt'), activations('checkpoint-recursive')];
    const growth = (bytes: readonly number[]) => (bytes[3] ?? NaN) / (bytes[0] ?? NaN);
    // Six times the units. Below sqrt(6), since something is alive whatever the depth.
    expect(growth(squareRoot)).toBeLessThan(Math.sqrt(6));
    expect(growth(squareRoot)).toBeGreaterThan(1.5);
    expect(growth(recursive)).toBeLessThan(growth(squareRoot));
    expect(growth(recursive)).toBeGreaterThan(1.1);
    // From 9 to 18 units the eight behind the first become seventeen: one more halving, as much as from 3 to 6 units.
    const [first = NaN, , last = NaN] = differences(recursive);
    expect(Math.abs(last / first - 1)).toBeLessThan(0.01);
  });

  it('in two parts on two devices, each holds as much, and no more with more units', () => {
    for (const units of [3, 9]) {
      const memory = memoryInProgramOrder(graphOf('reversible-4N', units, 2));
      const [first, second] = memory.map((device) => device.activations);
      // The first device also holds the whole batch and adds the losses.
      expect(Math.abs((second ?? NaN) / (first ?? NaN) - 1)).toBeLessThan(0.1);
    }
    const grown = [3, 9].map(
      (units) => memoryInProgramOrder(graphOf('reversible-4N', units, 2))[1]?.activations ?? NaN,
    );
    expect((grown[1] ?? NaN) / (grown[0] ?? NaN)).toBeLessThan(1.02);
  });
});

it('weights, momentum and gradients of weights are told apart, and grow whatever the backward pass', () => {
  const [plain, reversible] = (['plain', 'reversible-4N'] as const).map(
    (backward) => memoryInProgramOrder(graphOf(backward, 9))[0],
  );
  const parameters = build(thin('basic', 9)).parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  expect(reversible?.weights).toBe(4 * parameters);
  expect(reversible?.momentum).toBe(4 * parameters);
  // Every gradient is there before the first update, and some are added to their decay at the time.
  expect(reversible?.weightGradients).toBeGreaterThanOrEqual(4 * parameters);
  expect(reversible?.weightGradients).toBe(plain?.weightGradients);
});

describe('convolutions run', () => {
  /** In and behind the stem; of the units' only. */
  const counted = (backward: BackwardPass) => {
    const { operations } = graphOf(backward, 9);
    const count = (type: string) => operations.filter((operation) => operation.type === type).length;
    return {
      forward: count('Conv2D') - 1,
      gradients: count('Conv2DBackpropInput') + count('Conv2DBackpropFilter') - 1,
    };
  };
  // 27 units of 4 convolutions; 24 of the units can be inverted.
  const [all, inverted] = [27 * 4, 24 * 4];

  it('plain: 3N', () => {
    expect(counted('plain')).toEqual({ forward: all, gradients: 2 * all });
  });

  it('reversible-4N: each once more, but for last ones whose value nothing reads', () => {
    // Of each stage: G's last convolution in the first unit, and F's in the second, whose input is there.
    expect(counted('reversible-4N')).toEqual({ forward: 2 * all - 6, gradients: 2 * all });
  });

  it('reversible-5N: inverted units twice more', () => {
    // Whoever differentiates needs no value of a unit's last convolution.
    expect(counted('reversible-5N')).toEqual({ forward: 2 * all + inverted - 27, gradients: 2 * all });
  });
});

describe('where devices run what is ready, in no order of the program’s', () => {
  /** Whether an operation has to wait for the loss: by its inputs, or by control edges. */
  function waitingForLoss({ operations }: StepGraph): boolean[] {
    const waits: boolean[] = [];
    for (const { type, inputs, control } of operations)
      waits.push(
        type === 'SparseSoftmaxCrossEntropyWithLogits' ||
          inputs.some(({ operation }) => waits[operation]) ||
          control.some((operation) => waits[operation]),
      );
    return waits;
  }

  const ways = backwardPasses.filter((way) => way !== 'plain');

  it.each(ways)('%s: no convolution is run again before there is a loss', (backward) => {
    const graph = stepGraphOf(build(thin('basic', 4), { backward }), { ordered: false });
    const waiting = waitingForLoss(graph);
    const convolutions = graph.operations.flatMap(({ type }, index) => (type === 'Conv2D' ? [waiting[index]] : []));
    // 12 units of 4 convolutions and the stem's do not wait; every other is one that is run again.
    expect(convolutions.filter((waits) => waits !== true)).toHaveLength(12 * 4 + 1);
    expect(convolutions.length).toBeGreaterThan(2 * 12 * 4 - 12);
  });

  it.each(ways)('%s: units are run again one stretch after the other', (backward) => {
    const graph = stepGraphOf(build(thin('basic', 4), { backward }), { ordered: false });
    // The first convolution of stage 2 that is run again waits for every gradient of a kernel in stage 3.
    const { operations } = graph;
    const needs = (of: number): Set<number> => {
      const found = new Set<number>();
      const pending = [of];
      for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
        if (found.has(index)) continue;
        found.add(index);
        const operation = operations[index];
        pending.push(...(operation?.inputs.map((input) => input.operation) ?? []), ...(operation?.control ?? []));
      }
      return found;
    };
    const again = operations.flatMap(({ type, pass, outputs }, index) =>
      type === 'Conv2D' && pass === 'backward' && outputs[0]?.shape[1] === 4 ? [index] : [],
    );
    const gradients = operations.flatMap(({ type, inputs }, index) => {
      const gradient = inputs.at(-1);
      const size =
        gradient === undefined ? undefined : operations[gradient.operation]?.outputs[gradient.output]?.shape[1];
      return type === 'Conv2DBackpropFilter' && size === 2 ? [index] : [];
    });
    const before = needs(again[0] ?? -1);
    expect(gradients.length).toBe(4 * 4);
    expect(gradients.filter((index) => !before.has(index))).toEqual([]);
  });
});
