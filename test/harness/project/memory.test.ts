import { describe, expect, it } from 'vitest';
import { parseLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { networkStepGraph } from '../../../harness/simulate/network-step-graph.js';
import { allToAll, freeLinks } from '../../../harness/project/schedule/links.js';
import { memoryOf } from '../../../harness/project/memory.js';
import { prepareGraph } from '../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../harness/project/schedule/simulate.js';
import { graphOf, type Op } from './graphs.js';
import { buildOptions, wrn } from './networks.js';

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
    expect(sender).toEqual({ variables: 1000, tensors: 100, peak: 1100 });
    expect(receiver).toEqual({ variables: 2000, tensors: 108, peak: 2108 });
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

describe('memory of a training step', () => {
  const peakOf = (batchNorm: 'fused' | 'moments', layout: string): number => {
    const graph = prepareGraph(networkStepGraph(wrn(2, 1), parseLayout(layout), buildOptions({ batchNorm }), 16));
    const durations = Float64Array.from(graph.graph.operations, () => 1);
    const memory = memoryOf(graph, simulate(graph, durations, { topology: freeLinks(graph.devices) }));
    return Math.max(...memory.map(({ peak }) => peak));
  };

  it('is larger with separate batch norm operations, and smaller when the batch is cut', () => {
    expect(peakOf('moments', '[F1, F2]')).toBeGreaterThan(peakOf('fused', '[F1, F2]'));
    expect(peakOf('fused', '2 x [F1, F2]')).toBeLessThan(0.75 * peakOf('fused', '[F1, F2]'));
  });
});
