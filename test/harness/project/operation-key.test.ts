import { expect, it } from 'vitest';
import type { StepGraph, StepOperation } from '../../../harness/engine/step-graph.js';
import { operationKey } from '../../../harness/project/costs/operation-key.js';

const output = (shape: readonly number[], dtype = 'float32') => ({ shape, dtype, bytes: 4 });
const source: StepOperation = {
  name: 'x',
  type: 'Placeholder',
  device: 0,
  pass: 'forward',
  inputs: [],
  control: [],
  outputs: [output([8, 32, 32, 1, 16])],
  flops: 0,
};
const convolution: StepOperation = {
  ...source,
  name: 'convolution',
  type: 'Conv2D',
  inputs: [{ operation: 0, output: 0, bytes: 4 }],
  outputs: [output([8, 32, 32, 16])],
  attributes: { strides: [1, 1, 1, 1], padding: 'SAME' },
};
const keyOf = (operation: StepOperation): string => {
  const graph: StepGraph = { devices: 1, operations: [source, operation], variableBytes: [0] };
  return operationKey(graph, operation);
};

it('names type, attributes, shapes and element type', () => {
  expect(keyOf(convolution)).toBe('Conv2D{padding=SAME;strides=1,1,1,1}|8,32,32,16>8,32,32,16 float32');
});

it.each<[string, Partial<StepOperation>]>([
  ['type', { type: 'Conv2DBackpropInput' }],
  ['attributes', { attributes: { strides: [1, 2, 2, 1], padding: 'SAME' } }],
  ['shapes', { outputs: [output([8, 16, 16, 16])] }],
  ['element type', { outputs: [output([8, 32, 32, 16], 'bfloat16')] }],
])('is another price for another %s', (_, changes) => {
  expect(keyOf({ ...convolution, ...changes })).not.toBe(keyOf(convolution));
});

it.each<[string, Partial<StepOperation>]>([
  ['name', { name: 'another' }],
  ['device, for all devices of a machine are alike', { device: 1 }],
  ['pass', { pass: 'backward' }],
  ['order of attributes', { attributes: { padding: 'SAME', strides: [1, 1, 1, 1] } }],
])('is one price whatever the %s', (_, changes) => {
  expect(keyOf({ ...convolution, ...changes })).toBe(keyOf(convolution));
});
