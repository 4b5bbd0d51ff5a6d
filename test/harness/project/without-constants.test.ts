import { expect, it } from 'vitest';
import { withoutConstants } from '../../../harness/project/without-constants.js';
import { graphOf } from './graphs.js';

it('leaves out constants of their own device, and renumbers what read them', () => {
  const graph = graphOf(2, [
    { device: 0, type: 'Const', bytes: 4 },
    { device: 0, type: 'Const', bytes: 8 },
    { device: 0, from: [0], bytes: 100 },
    // Reads a constant of another device, which has to be sent.
    { device: 1, from: [1, 2], bytes: 60, control: [2] },
  ]);
  const { operations } = withoutConstants(graph);
  expect(operations.map(({ name }) => name)).toEqual(['op1', 'op2', 'op3']);
  expect(operations.map(({ inputs }) => inputs.map(({ operation, bytes }) => [operation, bytes]))).toEqual([
    [],
    [],
    [
      [0, 8],
      [1, 100],
    ],
  ]);
  expect(operations.map(({ control }) => control)).toEqual([[], [], [1]]);
});
