import { describe, expect, it } from 'vitest';
import { devicesOf, formatLayout, parseLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { randomStream } from '../../../../harness/model/random.js';
import { LayoutProblem } from '../../../../harness/plan/paper/layout.js';

function problemOf(text: string): LayoutProblem {
  try {
    parseLayout(text);
  } catch (error) {
    if (error instanceof LayoutProblem) return error;
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe('layouts as the paper prints them', () => {
  it.each([
    ['[F1, F2]', 1],
    ["[F1] [F2, F2'x1]", 2],
    ["[F1] [F2] [F2'x1]", 3],
    ["[F1] [F2] [F2'F1]", 3],
    ["[F1] [F2] [F2'F1] recompute", 3],
    ["[F1] [F2] [F3] [F2'x1, 2 F3'x1]", 4],
    ["[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]", 4],
    ['4 x [F1, F2, F3]', 4],
  ])('%s is read and written back, for %i devices', (text, devices) => {
    const layout = parseLayout(text);
    expect(formatLayout(layout)).toBe(text);
    expect(devicesOf(layout)).toBe(devices);
  });

  it('means what it says', () => {
    expect(parseLayout("[F1] [F12, 2 F12'x1, F2'F1]")).toEqual({
      kind: 'operator',
      recompute: false,
      brackets: [
        [{ kind: 'residual', unit: 1 }],
        [
          { kind: 'residual', unit: 12 },
          { kind: 'derivative', unit: 12, of: 'input', coefficient: 2 },
          { kind: 'derivative', unit: 2, of: 1, coefficient: 1 },
        ],
      ],
    });
    expect(parseLayout('2 x [F1]')).toEqual({
      kind: 'data-parallel',
      replicas: 2,
      bracket: [{ kind: 'residual', unit: 1 }],
    });
  });

  it.each(["[F1][F2,F2'x1]", '  [ F1 ]  [F2 ,F2 ′ x1 ] ', '[F1] [F2, F2’x1]', "[F1]\n[F2, F2'x1]"])(
    'spaces and the kind of prime do not matter: %j',
    (text) => expect(formatLayout(parseLayout(text))).toBe("[F1] [F2, F2'x1]"),
  );

  it('the sign × may stand for x', () => expect(formatLayout(parseLayout('2×[F1]'))).toBe('2 x [F1]'));
});

describe('a layout that cannot be read', () => {
  it.each([
    // text, what is underlined (offset, characters), part of the message
    ['', 0, '', 'Expected [, found the end'],
    ['F1', 0, 'F1', 'Expected [, found "F1"'],
    ['[F1', 3, '', 'Expected , or ], found the end'],
    ['[F1 F2]', 4, 'F2', 'Expected , or ], found "F2"'],
    ['[]', 1, ']', "Expected a term such as F1, F2'x1 or F2'F1"],
    ['[F1,]', 4, ']', 'Expected a term'],
    ['[F1] [G2]', 6, 'G2', 'Expected a term'],
    ['[F0]', 1, 'F0', 'counted from 1'],
    ["[F2']", 4, ']', 'Expected x1 or F1 after the prime'],
    ["[F2'x2]", 4, 'x2', 'Expected x1 or F1 after the prime'],
    ["[F3'F2'F1]", 6, "'", 'products of three factors'],
    ['[2 F1]', 1, '2', 'Only a derivative has a coefficient'],
    ["[0 F2'x1]", 1, '0', 'A coefficient is 1 or more'],
    ['[F1] recomputed', 5, 'recomputed', 'Expected another bracket'],
    ['[F1] recompute [F2]', 15, '[', 'Expected another bracket, recompute, or the end'],
    ['2 x [F1] [F2]', 9, '[', 'data parallelism has one bracket'],
    ['2 [F1]', 2, '[', 'Expected x after the number of devices'],
    ['0 x [F1]', 0, '0', '1 to 1024 parts'],
  ])('%j is underlined at %i, %j: %s', (text, offset, underlined, message) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('LAYOUT_INVALID');
    expect(problem.message).toContain(message);
    expect(problem.hint).toMatch(/\[F1\]|F2'x1/);
    expect([problem.offset, problem.length]).toEqual([offset, Math.max(1, underlined.length)]);
    expect(text.slice(offset, offset + problem.length)).toBe(underlined);
  });
});

it('of 5,000 random texts each is read, and reads the same when written back, or is refused with a place inside it', () => {
  const stream = randomStream(0, 'layouts');
  const symbols = [
    '[',
    ']',
    ',',
    'F1',
    'F2',
    'F3',
    "'",
    'x1',
    'x',
    ' ',
    '2',
    '0',
    'recompute',
    '\n',
    'G',
    '×',
    '’',
    '🙂',
  ];
  const pick = (count: number) => Math.floor(stream.uniform() * count);
  let read = 0;
  for (let attempt = 0; attempt < 5000; attempt += 1) {
    // Half of them are a layout with one symbol changed, which comes closer to what people mistype.
    const text = Array.from({ length: 1 + pick(8) }, () => symbols[pick(symbols.length)] ?? '');
    const near = ['[', 'F1', ']', ' ', '[', 'F2', ',', 'F2', "'", 'x1', ']', ' ', 'recompute'];
    near[pick(near.length)] = symbols[pick(symbols.length)] ?? '';
    const candidate = (attempt % 2 === 0 ? text : near).join('');
    try {
      const layout = parseLayout(candidate);
      read += 1;
      expect(parseLayout(formatLayout(layout))).toEqual(layout);
    } catch (error) {
      if (!(error instanceof LayoutProblem)) throw new Error(`"${candidate}"`, { cause: error });
      expect(error.length).toBeGreaterThan(0);
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset + error.length).toBeLessThanOrEqual(candidate.length + 1);
    }
  }
  expect(read).toBeGreaterThan(100);
});
