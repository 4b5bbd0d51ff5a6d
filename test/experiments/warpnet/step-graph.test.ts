import { describe, expect, it } from 'vitest';
import type { NetworkOptions } from '../../../experiments/warpnet/model/options.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { Problem } from '../../../harness/core/problem.js';
import type { StepGraph } from '../../../harness/engine/step-graph.js';
import { dryTrainingStep } from '../../../harness/project/step-graph.js';
import { withoutConstants } from '../../../harness/project/without-constants.js';
import { build } from './model/fixtures.js';

/** As much of a training step as takes time; weights alone decay. */
const stepGraph = (
  specification: NetworkSpecification,
  layout: string,
  batch: number,
  options: Partial<NetworkOptions> = {},
): StepGraph =>
  withoutConstants(
    dryTrainingStep(build(specification, layout, { weightDecayScope: 'weights', ...options }), {
      batch,
      weightDecay: 5e-4,
      momentum: 0.9,
      nesterov: false,
    }),
  );

const wrn = (unitsPerStage: number, kw: number, classes = 10): NetworkSpecification => ({
  family: 'wrn',
  unitsPerStage,
  kw,
  classes,
});
const warpnet = (
  family: 'warpnet1' | 'warpnet2',
  K: number,
  Nwarp: number,
  kw: number,
  classes = 10,
): NetworkSpecification => ({ family, K, Nwarp, kw, classes });

const forwardConvolutions = (graph: StepGraph): number[] =>
  Array.from(
    { length: graph.devices },
    (_, device) =>
      graph.operations.filter((op) => op.device === device && op.pass === 'forward' && op.type === 'Conv2D').length,
  );

/** Convolutions a warp layer adds on each device: the difference between two layers a stage and one. */
function perLayer(family: 'warpnet1' | 'warpnet2', K: number, layout: string): number[] {
  const count = (Nwarp: number) => forwardConvolutions(stepGraph(warpnet(family, K, Nwarp, 1), layout, 2));
  const [one, two] = [count(1), count(2)];
  return two.map((convolutions, device) => (convolutions - (one[device] ?? 0)) / 3);
}

describe('convolutions of a warp layer on each device (method.md 7.2, reading R1)', () => {
  it.each([
    ['warpnet1', 2, "[F1] [F2] [F2'x1]", [2, 2, 2]],
    ['warpnet1', 2, "[F1] [F2, F2'x1]", [2, 4]],
    ['warpnet1', 3, "[F1] [F2] [F3] [F2'x1, F3'x1]", [2, 2, 2, 4]],
    ['warpnet1', 3, "[F1] [F2, F2'x1] [F3, F3'x1]", [2, 4, 4]],
    ['warpnet2', 2, "[F1] [F2] [F2'F1]", [2, 2, 3]],
    ['warpnet2', 2, "[F1] [F2] [F2'F1] recompute", [2, 2, 5]],
    // Two derivatives of unit 3 share Conv_a(x1).
    ['warpnet2', 3, "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", [2, 2, 2, 8]],
  ] as const)('%s, K = %i, %s', (family, K, layout, expected) => {
    expect(perLayer(family, K, layout)).toEqual(expected);
  });

  it('is 2 K for the chain of a WRN', () => {
    const count = (units: number) => forwardConvolutions(stepGraph(wrn(units, 1), '[F1]', 2))[0] ?? 0;
    expect((count(2) - count(1)) / 3).toBe(2);
  });
});

const flops = (graph: StepGraph): number => graph.operations.reduce((sum, op) => sum + op.flops, 0);
const typesOf = (graph: StepGraph, type: string): number => graph.operations.filter((op) => op.type === type).length;

describe('a training step', () => {
  it('of WRN-73-4 has the floating-point operations worked out by hand', () => {
    // 24 convolutions a stage; each costs 2 * 9 * C^2 * H * W an image, the same in every stage.
    const convolutions = 3 * 24 * 2 * 9 * 64 ** 2 * 32 ** 2;
    const stem = 2 * 9 * 3 * 16 * 32 ** 2;
    const classifier = 2 * 256 * 10;
    const graph = stepGraph(wrn(12, 4), '[F1, F2]', 8);
    // Backward: input and kernel gradients, but no gradient of the image.
    expect(flops(graph)).toBe(8 * (3 * (convolutions + classifier) + 2 * stem));
  });

  it('keeps the weights of each unit where its branch is, once, with their momentum', () => {
    const layout = "[F1] [F2] [F2'x1]";
    const { variableBytes } = stepGraph(warpnet('warpnet1', 2, 6, 2, 1000), layout, 2);
    // method.md 6.5: 4,790,712 weights; each is 4 bytes, twice with its momentum buffer.
    expect(variableBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(4_790_712 * 8);
    expect(variableBytes[2]).toBe(0);
  });

  it('holds all weights on every device under data parallelism, and updates every copy', () => {
    const graph = stepGraph(wrn(12, 2, 1000), '4 x [F1, F2]', 8);
    expect(graph.variableBytes).toEqual(new Array(4).fill(4_790_712 * 8));
    const single = stepGraph(wrn(12, 2, 1000), '[F1, F2]', 8);
    expect(typesOf(graph, 'ResourceApplyMomentum')).toBe(4 * typesOf(single, 'ResourceApplyMomentum'));
    expect(flops(graph)).toBe(flops(single));
  });

  it('under the released derivative flips kernels and sends no gradient to x1 and the first kernel', () => {
    const layout = "[F1] [F2] [F2'x1]";
    const backward = (derivative: 'R1' | 'released') =>
      stepGraph(warpnet('warpnet1', 2, 1, 1), layout, 2, { derivative }).operations.filter(
        (op) => op.device === 2 && op.pass === 'backward',
      );
    const count = (derivative: 'R1' | 'released', type: string) =>
      backward(derivative).filter((op) => op.type === type).length / 3;
    expect(count('R1', 'Conv2DBackpropInput')).toBe(2);
    expect(count('R1', 'Conv2DBackpropFilter')).toBe(2);
    expect(count('released', 'Conv2DBackpropInput')).toBe(0);
    expect(count('released', 'Conv2DBackpropFilter')).toBe(1);
    expect(count('released', 'ReverseV2')).toBe(1);
  });

  it('has one kernel each way for a fused batch norm, and none with moments', () => {
    const layout = '[F1, F2]';
    const fused = stepGraph(wrn(2, 1), layout, 2);
    const moments = stepGraph(wrn(2, 1), layout, 2, { batchNorm: 'moments' });
    expect([typesOf(fused, 'FusedBatchNormV3'), typesOf(fused, 'FusedBatchNormGradV3')]).toEqual([20, 20]);
    expect([typesOf(moments, 'FusedBatchNormV3'), typesOf(moments, 'Rsqrt')]).toEqual([0, 20]);
    expect(flops(moments)).toBe(flops(fused));
  });

  it('lists operations in an order that respects their inputs, with one order on each device', () => {
    const graph = stepGraph(warpnet('warpnet2', 3, 1, 1), "[F1] [F2] [F3, F2'F1, F3'F1, F3'F2]", 2);
    const last = new Map<number, number>();
    for (const [index, op] of graph.operations.entries()) {
      for (const input of op.inputs) expect(input.operation).toBeLessThan(index);
      // Feeds and reads of variables wait for nothing.
      if (op.type === 'Placeholder' || op.type.endsWith('HandleOp') || op.type === 'ReadVariableOp') continue;
      expect(op.control).toEqual(last.has(op.device) ? [last.get(op.device)] : []);
      last.set(op.device, index);
    }
  });

  it('refuses a layout of another network', () => {
    expect(() => stepGraph(warpnet('warpnet1', 2, 1, 1), '2 x [F1, F2]', 4)).toThrow(Problem);
    expect(() => stepGraph(wrn(2, 1), '2 x [F1, F2]', 3)).toThrow(/3 cannot be cut into 2/);
    const misplaced: NetworkSpecification = warpnet('warpnet1', 3, 1, 1);
    expect(() => stepGraph(misplaced, "[F1] [F2, F2'x1]", 2)).toThrow(/F3/);
  });
});
