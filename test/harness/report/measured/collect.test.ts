import { describe, expect, it } from 'vitest';
import { collect, errorColumns, timingColumns } from '../../../../harness/report/measured/collect.js';
import { readCollected } from '../../../../harness/report/measured/collected.js';
import type { CellResult, ErrorResult, Evaluation, TimingResult } from '../../../../harness/store/result.js';
import { errorCell, timingCell } from '../../run/schedule/cells.js';

const environment = {
  host: 'machine',
  os: 'linux',
  cpu: 'CPU Y',
  cores: 2,
  memoryBytes: 1,
  gpus: [],
  driver: null,
  node: 'v20',
  tensorflow: '2.21.0',
  engine: 'traced' as const,
  devices: 'cpu:1',
  deterministic: false,
  tf32: false,
  gitCommit: null,
  gitDirty: null,
};
const shared = (id: string) => ({
  schema: 1 as const,
  id,
  numericsVersion: 1,
  finishedAt: '2000-01-01T00:00:00.000Z',
  wallSeconds: 12.5,
  attempts: 2,
  environment,
  peakMemoryBytes: 1e9,
  energyJoules: null,
});
const evaluation = (step: number, errorPct: number, sampledErrorPct: number | null = null): Evaluation => ({
  step,
  epoch: step / 100,
  errorPct,
  top5ErrorPct: errorPct / 10,
  sampledErrorPct,
  loss: 0.1 + 0.2,
});
const evaluations = [evaluation(100, 30.04), evaluation(200, 25.5, 25.25), evaluation(300, 26.1)] as const;
const errorResult: ErrorResult = {
  ...shared('e'),
  kind: 'error',
  parameters: 175_066,
  trainImages: 10_000,
  validationImages: 10_000,
  evaluations: [...evaluations],
  last: evaluations[2],
  best: evaluations[1],
  finalLoss: 0.7,
};
const timingResult: TimingResult = {
  ...shared('t'),
  kind: 'timing',
  hardware: 'CPU Y, one core a device',
  otherLoad: 0.0625,
  rows: [
    {
      row: 'baseline',
      layout: "[F1] [F2, F2'x1]",
      parameters: 5,
      milliseconds: [10.25, 11, 9.125],
      rounds: [1, 1, 2],
      compileSeconds: 1.5,
      busySeconds: [0.5, 0.25, 0.75],
    },
  ],
};
const cells = [timingCell('t'), errorCell('e'), errorCell('not run')];
const resultOf = (id: string): CellResult | null => (id === 'e' ? errorResult : id === 't' ? timingResult : null);

describe('the CSVs', () => {
  it('have a row an evaluation and a row a timed step, and none for cells that have not run', () => {
    const { errors, timing } = collect(cells, resultOf);
    expect(errors.trim().split('\n')).toHaveLength(1 + 3);
    expect(timing.trim().split('\n')).toHaveLength(1 + 3);
  });

  it('give back everything that a table is made of, to the last digit', () => {
    const { errors, timing } = collect(cells, resultOf);
    const read = readCollected(errors, timing);
    const { kind, id, parameters, trainImages, validationImages, last, best, finalLoss, wallSeconds } = errorResult;
    expect(read.get('e')).toEqual({
      ...{ kind, id, parameters, trainImages, validationImages, last, best, finalLoss, wallSeconds },
      evaluations: errorResult.evaluations,
    });
    const { hardware, otherLoad, rows } = timingResult;
    expect(read.get('t')).toEqual({ kind: 'timing', id: 't', hardware, otherLoad, rows, wallSeconds: 12.5 });
    expect(read.size).toBe(2);
  });

  it('come out the same however often they are written', () => {
    expect(collect(cells, resultOf)).toEqual(collect([...cells], resultOf));
  });

  it('mark the last evaluation and the best', () => {
    const [header = '', ...rows] = collect(cells, resultOf).errors.trim().split('\n');
    const mark = header.split(',').indexOf('mark');
    // Titles hold commas and stand in quotes.
    const fields = rows.map((row) => row.replace(/"[^"]*"/g, '').split(',')[mark]);
    expect(fields).toEqual(['', 'best', 'last']);
  });

  it('say of each column what it means', () => {
    for (const { name, means } of [...errorColumns, ...timingColumns]) {
      expect(name).toMatch(/^[a-zA-Z0-9]+$/);
      expect(means.length).toBeGreaterThan(8);
    }
  });

  it.each([
    ['a missing column', (text: string) => text.replace('errorPct', 'error')],
    ['a word for a number', (text: string) => text.replace('30.04', 'low')],
    ['no last evaluation', (text: string) => text.replace(',last,', ',,')],
    ['an unclosed quote', (text: string) => text.replace('"', '')],
  ])('with %s are refused', (_, spoil) => {
    const { errors, timing } = collect(cells, resultOf);
    expect(() => readCollected(spoil(errors), timing)).toThrow(expect.objectContaining({ code: 'CSV_INVALID' }));
  });
});
