/** The state that a grown network begins with. */
import { describe, expect, it } from 'vitest';
import { grownState } from '../../../../../harness/kinds/training/phases/grown-state.js';
import type { NamedTensor } from '../../../../../harness/kinds/training/safetensors.js';
import type { Transfer } from '../../../../../harness/model/transfer.js';

const tensor = (name: string, ...values: number[]): NamedTensor => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});

const before = [
  tensor('a', 1, 2),
  tensor('replica1/a', 1, 2),
  tensor('momentum/a', 8, 9),
  tensor('momentum/replica1/a', 8, 9),
  tensor('mean', 5),
];
const initial = [
  tensor('a', 0, 0),
  tensor('copy', 0, 0),
  tensor('new', 7),
  tensor('replica1/copy', 0, 0),
  tensor('momentum/copy', 0, 0),
  tensor('momentum/replica1/copy', 0, 0),
  tensor('momentum/new', 0),
  tensor('copied mean', 0),
];
const sources: Readonly<Record<string, string>> = { a: 'a', copy: 'a', 'copied mean': 'mean' };
const transfer = (changes: Partial<Transfer> = {}): Transfer => ({
  momentum: 'carried',
  sourceOf: (name) => {
    const source = sources[name];
    return source === undefined ? null : { name: source, factor: name === 'copy' ? 0.5 : 1 };
  },
  ...changes,
});

const valuesOf = (state: readonly NamedTensor[]) =>
  Object.fromEntries(state.map(({ name, values }) => [name, [...values]]));

describe('a grown state', () => {
  it('has copies, multiplied where that is asked for, of each replica and of running statistics; the rest as it began', () => {
    expect(valuesOf(grownState(before, initial, transfer()))).toEqual({
      a: [1, 2],
      copy: [0.5, 1],
      new: [7],
      'replica1/copy': [0.5, 1],
      'momentum/copy': [8, 9],
      'momentum/replica1/copy': [8, 9],
      'momentum/new': [0],
      'copied mean': [5],
    });
  });

  it('keeps the order of the new network', () => {
    expect(grownState(before, initial, transfer()).map(({ name }) => name)).toEqual(initial.map(({ name }) => name));
  });

  it('begins all momentum at 0 where it is to be fresh', () => {
    const state = valuesOf(grownState(before, initial, transfer({ momentum: 'fresh' })));
    expect(state['momentum/copy']).toEqual([0, 0]);
    expect(state['copy']).toEqual([0.5, 1]);
  });

  it.each(['mean', 'nothing'])('refuses a copy of what has another shape or is not there: %s', (name) => {
    const wrong = transfer({ sourceOf: () => ({ name, factor: 1 }) });
    expect(() => grownState(before, [tensor('a', 0, 0)], wrong)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_INVALID' }),
    );
  });
});
