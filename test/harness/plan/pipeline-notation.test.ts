import { describe, expect, it } from 'vitest';
import { LayoutProblem } from '../../../harness/plan/paper/layout.js';
import { balancedStages } from '../../../harness/plan/paper/pipeline-cut.js';
import {
  formatPipeline,
  idealSpeedUp,
  readPipeline,
  stageOfUnits,
  type Chain,
} from '../../../harness/plan/paper/pipeline-notation.js';

const chain: Chain = [
  { name: 'low', units: 3, work: 4 },
  { name: 'high', units: 6, work: 2 },
];
const rewritten = (text: string): string => formatPipeline(readPipeline(text, chain), chain);

function problemOf(text: string): LayoutProblem & { readonly underlined: string } {
  try {
    readPipeline(text, chain);
  } catch (error) {
    if (!(error instanceof LayoutProblem)) throw error;
    return Object.assign(error, { underlined: text.slice(error.offset, error.offset + error.length) });
  }
  throw new Error(`${text} is read`);
}

describe('the notation of a pipeline', () => {
  it('names the units of each stage', () => {
    const pipeline = readPipeline('pipeline M=4: [low:1-2] [low:3, high]', chain);
    expect(pipeline).toEqual({ microBatches: 4, stages: [2, 7] });
    expect(stageOfUnits(pipeline)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1]);
  });

  it.each([
    ['pipeline M=4: [low] [high]', 'pipeline M=4: [low] [high]'],
    ['pipeline  M = 8 :[ low:1-3,high : 1 ][high:2-6]', 'pipeline M=8: [low, high:1] [high:2-6]'],
    // 24 of work: 12 and 12, 8 each.
    ['pipeline M=2 S=2', 'pipeline M=2: [low] [high]'],
    ['pipeline M=2 S=3', 'pipeline M=2: [low:1-2] [low:3, high:1-2] [high:3-6]'],
    ['pipeline M=1 S=1', 'pipeline M=1: [low, high]'],
  ])('%s is %s', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
    expect(rewritten(expected)).toBe(expected);
  });

  it.each([
    ['pipeline M=0: [low] [high]', '0', /1 to 1024 micro-batches/],
    ['pipeline M=4: [low] [middle]', 'middle', /"middle" is not a part/],
    ['pipeline M=4: [low:1-4] [high]', 'low:1-4', /not a part/],
    ['pipeline M=4: [low:1] [high]', 'high', /Expected low:2, found high/],
    ['pipeline M=4: [low, high] [low]', 'low', /Expected the end of the network, found low/],
    ['pipeline M=4: [low] high', 'high', /in brackets/],
    ['pipeline M=4: [low]', 'pipeline M=4: [low]', /No stage computes high:1/],
    ['pipeline [low] [high]', 'pipeline [low] [high]', /not a pipeline/],
    ['pipeline M=4 S=10', 'pipeline M=4 S=10', /1 to 9 stages/],
  ])('%s is refused at %s', (text, underlined, message) => {
    const problem = problemOf(text);
    expect(problem.message).toMatch(message);
    expect(problem.underlined).toBe(underlined);
    expect(problem.hint).toContain('low:1-3, high:1-6');
  });
});

describe('a balanced cut', () => {
  it.each([
    [[1, 1, 1, 1], 2, [2, 2]],
    [[5, 1, 1, 1], 2, [1, 3]],
    [[1, 2, 3, 4, 5], 3, [3, 1, 1]],
    [[1, 1, 1], 3, [1, 1, 1]],
    [[7], 1, [1]],
  ])('of %j into %i has %j', (work, stages, expected) => expect(balancedStages(work, stages)).toEqual(expected));

  it('has the least work in its fullest stage of all cuts', () => {
    const work = [3, 1, 4, 1, 5, 9, 2, 6, 5];
    const fullest = (counts: readonly number[]): number => {
      let next = 0;
      return Math.max(...counts.map((count) => work.slice(next, (next += count)).reduce((sum, own) => sum + own, 0)));
    };
    let best = Infinity;
    for (let first = 1; first <= 7; first += 1)
      for (let second = first + 1; second <= 8; second += 1)
        best = Math.min(best, fullest([first, second - first, 9 - second]));
    expect(fullest(balancedStages(work, 3))).toBe(best);
  });
});

it.each([
  [2, 4, 1.6],
  [3, 4, 2],
  [4, 4, 16 / 7],
  [3, 1, 1],
])(
  '%i balanced stages and %i micro-batches are ideally %d times as fast as one device',
  (stages, microBatches, times) =>
    expect(idealSpeedUp({ microBatches, stages: Array<number>(stages).fill(1) })).toBeCloseTo(times, 12),
);
