import { describe, expect, it } from 'vitest';
import { dryTrainingStep } from '../../../harness/project/step-graph.js';
import { allToAll, freeLinks } from '../../../harness/project/schedule/links.js';
import { memoryInProgramOrder, memoryOf } from '../../../harness/project/memory.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import { build, wrn } from '../../experiments/warpnet/model/fixtures.js';
import { graphOf, type Op } from './graphs.js';

function peaks(devices: number, ops: readonly Op[], variableBytes?: readonly number[]) {
  const graph = prepareGraph(graphOf(devices, ops, variableBytes));
  const durations = Float64Array.from(ops, () => 1);
  const topology = allToAll(devices, { latency: 0, bandwidth: 100 });
  return memoryOf(graph, simulate(graph, durations, { topology }));
}

describe('memory by liveness, worked out by hand', () => {
  it('counts a tensor until its last reader ends', () => {
    // 100 is read by the second and the fourth operation, 40 by the third.
    const ops: Op[] = [
      { device: 0, bytes: 100 },
      { device: 0, from: [0], bytes: 40 },
      { device: 0, from: [1], bytes: 10 },
      { device: 0, from: [0, 2], bytes: 5 },
    ];
    // Third operation: 100 + 40 + 10.
    expect(peaks(1, ops)[0]?.tensors).toBe(150);
    // Without the last reader 100 is gone by then.
    expect(peaks(1, ops.slice(0, 3))[0]?.tensors).toBe(140);
  });

  it('holds a tensor that crosses on both sides, and weights throughout', () => {
    const [sender, receiver] = peaks(
      2,
      [
        { device: 0, bytes: 100 },
        { device: 1, from: [0], bytes: 8 },
      ],
      [1000, 2000],
    );
    expect(sender).toMatchObject({ variables: 1000, tensors: 100, peak: 1100 });
    expect(receiver).toMatchObject({ variables: 2000, tensors: 108, peak: 2108 });
  });

  it('does not count a reshaped tensor twice, and keeps it while the new shape is read', () => {
    const ops: Op[] = [
      { device: 0, bytes: 100 },
      { device: 0, from: [0], bytes: 100, type: 'Reshape' },
      { device: 0, bytes: 30 },
      { device: 0, from: [1, 2], bytes: 1 },
    ];
    expect(peaks(1, ops)[0]?.tensors).toBe(131);
  });
});

describe('memory in program order', () => {
  it('tells gradients of weights and what is kept for updates from activations', () => {
    // An activation of 100; a weight's gradient of 40 from it, to which a decay of 40 is added; an activation of 60 read
    // last by the loss; then the update reads handles (0 bytes), rate and gradient.
    const ops: Op[] = [
      { device: 0, bytes: 100 },
      { device: 0, from: [0], bytes: 40, type: 'Conv2DBackpropFilter' },
      { device: 0, bytes: 40, type: 'Mul' },
      { device: 0, from: [1, 2], bytes: 40, type: 'AddV2' },
      { device: 0, from: [0], bytes: 60 },
      { device: 0, from: [4], bytes: 4 },
      { device: 0, bytes: 0, type: 'VarHandleOp' },
      { device: 0, from: [6, 6, 5, 3], bytes: 0, type: 'ResourceApplyMomentum' },
    ];
    const [memory] = memoryInProgramOrder(graphOf(1, ops, [90]));
    expect(memory).toEqual({
      variables: 90,
      weights: 40,
      momentum: 40,
      // Fourth operation: 100 + 40 + 40 + 40.
      tensors: 220,
      // Fifth operation: 100 + 60.
      activations: 160,
      weightGradients: 120,
      peak: 310,
    });
  });

  it('holds a received copy from when the tensor is made', () => {
    const [, receiver] = memoryInProgramOrder(
      graphOf(2, [
        { device: 0, bytes: 100 },
        { device: 1, bytes: 30 },
        { device: 1, from: [0, 1], bytes: 8 },
      ]),
    );
    expect(receiver?.tensors).toBe(138);
  });
});

describe('memory of a training step', () => {
  const settings = { batch: 16, weightDecay: 5e-4, momentum: 0.9, nesterov: false };
  const peakOf = (batchNorm: 'fused' | 'moments', layout: string): number => {
    const graph = prepareGraph(dryTrainingStep(build(wrn(2), layout, { batchNorm }), settings));
    const durations = Float64Array.from(graph.graph.operations, () => 1);
    const memory = memoryOf(graph, simulate(graph, durations, { topology: freeLinks(graph.devices) }));
    return Math.max(...memory.map(({ peak }) => peak));
  };

  it('is larger with separate batch norm operations, and smaller when the batch is cut', () => {
    expect(peakOf('moments', '[F1, F2]')).toBeGreaterThan(peakOf('fused', '[F1, F2]'));
    expect(peakOf('fused', '2 x [F1, F2]')).toBeLessThan(0.75 * peakOf('fused', '[F1, F2]'));
  });
});
