import { describe, expect, it } from 'vitest';
import { DryGraph } from '../../../../harness/engine/dry/dry-graph.js';
import { floatScalar, forgetConstants, intVector } from '../../../../harness/engine/tracing/constants.js';

describe('constants of a function', () => {
  it('are there once for each device, type, shape and value', () => {
    const graph = new DryGraph(2);
    const on = (device: number) => {
      graph.device = device;
      return [
        ...[floatScalar(graph, 1), floatScalar(graph, 1), floatScalar(graph, 0), floatScalar(graph, -0)],
        ...[intVector(graph, [1]), intVector(graph, [1, 2]), intVector(graph, [1, 2])],
      ].map(({ operation }) => operation.index);
    };
    expect(on(0)).toEqual([0, 0, 1, 2, 3, 4, 4]);
    expect(on(1)).toEqual([5, 5, 6, 7, 8, 9, 9]);
    expect(graph.operations.map(({ device }) => device)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it('are not those of the function before, which may be run without it', () => {
    const graph = new DryGraph(1);
    const before = floatScalar(graph, 1);
    forgetConstants(graph);
    expect(floatScalar(graph, 1).operation).not.toBe(before.operation);
  });
});
