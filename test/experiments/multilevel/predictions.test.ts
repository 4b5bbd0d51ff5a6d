/** What training times should be, against the paper's own numbers. */
import { describe, expect, it } from 'vitest';
import {
  minutesByLine,
  savedByBlocks,
  savedByFormula,
  savedByLine,
} from '../../../experiments/multilevel/predictions.js';
import { printed } from '../../../experiments/multilevel/printed.js';

const { cycles, minutesPerBlock, rows } = printed();
const minutesOf = (id: string): number => (rows.get(id)?.values['training-time']?.value ?? Number.NaN) / 60;

it('has the paper’s cycles', () => {
  expect(cycles).toEqual([60, 50, 50]);
});

it.each([0, 25, 42, 53, 61, 67].map((percent, interpolations) => ({ interpolations, percent })))(
  '$interpolations equally spaced interpolations save $percent %',
  ({ interpolations, percent }) => {
    // Printed whole.
    expect(Math.round(savedByFormula(interpolations))).toBe(percent);
  },
);

it('agrees with counting the blocks of equal cycles', () => {
  expect(savedByBlocks({ firstBlocks: 3, cycles: [1, 1, 1] })).toBeCloseTo(savedByFormula(2), 10);
});

it('saves 43.75 % in the paper’s cycles if time is proportional to blocks, whatever their number', () => {
  expect(savedByBlocks({ firstBlocks: 2, cycles })).toBe(43.75);
  expect(savedByBlocks({ firstBlocks: 5, cycles })).toBe(43.75);
});

describe('the line through the printed minutes', () => {
  it.each([
    ['cifar10.resnet-14', 2],
    ['cifar10.resnet-50', 8],
    ['cifar10.resnet-32', 5],
    ['cifar10.resnet-122', 20],
  ])('goes through those of %s', (id, blocks) => {
    // Printed whole.
    expect(Math.round(minutesByLine({ firstBlocks: blocks, cycles: [160] }, minutesPerBlock))).toBe(minutesOf(id));
  });

  it.each([
    ['cifar10.resnet-50-i', 2, 69.7],
    ['cifar10.resnet-122-i', 5, 155.2],
  ])('gives %s about the minutes that are printed', (id, firstBlocks, minutes) => {
    const predicted = minutesByLine({ firstBlocks, cycles }, minutesPerBlock);
    expect(predicted).toBeCloseTo(minutes, 1);
    expect(Math.abs(predicted - minutesOf(id))).toBeLessThan(3);
  });

  it('saves less than counting blocks, for stem and head take time too', () => {
    expect(savedByLine({ firstBlocks: 2, cycles })).toBeCloseTo(38.9, 1);
    expect(savedByLine({ firstBlocks: 5, cycles })).toBeCloseTo(41.7, 1);
  });
});

it('has printed savings of 39 to 42 % of the narrow networks on CIFAR, and none of a fixed network', () => {
  const saved = [...rows.values()].flatMap(({ id, values }) =>
    /^cifar10+\.resnet/u.test(id) ? (values['time-saved']?.value ?? []) : [],
  );
  expect(saved).toHaveLength(4);
  for (const percent of saved) expect(percent).toBeGreaterThan(39);
  for (const percent of saved) expect(percent).toBeLessThan(43);
});
