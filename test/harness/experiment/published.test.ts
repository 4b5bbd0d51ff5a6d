import { describe, expect, it } from 'vitest';
import { parameterCount, stepMemory } from '../../../harness/experiment/memory-estimate.js';
import { ExperimentFolder } from '../../../harness/experiment/experiment-folder.js';
import { loadPublished } from '../../../harness/experiment/published.js';
import { readPublished } from '../../../harness/report/published.js';

describe('the published numbers', () => {
  const published = loadPublished();

  it('keep the printed digits', () => {
    expect(published.rows.get('t5.wrn-73-4.g1')).toMatchObject({ errorPrinted: '4.80', rsPrinted: '0%' });
    expect(published.rows.get('t2.cifar10.nwarp3.warpnet1.kw4')).toMatchObject({
      printedCell: '5.18 (33%)',
      rsPct: 33,
    });
    expect(published.points.get('text.rs-vs-width.k2/kw16')).toMatchObject({ kw: 16, rsPct: 42 });
  });

  it('mark the damaged cells of Table 4', () => {
    const damaged = [...published.rows.values()].filter(({ confidence }) => confidence === 'low');
    expect(damaged.map(({ id, uncertainKeys }) => [id, uncertainKeys])).toEqual([
      ['t4.warpnet1-73-4.k2', ['params', 'top5ErrorPct']],
    ]);
  });

  it('do not trust a parameter count that was read with the help of the formula that it would confirm', () => {
    const { parameters } = readPublished().numbers.get('t4.warpnet1-73-4.k2') ?? {};
    expect(parameters).toEqual({ value: 18_900_000, text: '189M', lowConfidence: true });
  });

  it('hold eleven claims', () => {
    expect(published.claims).toHaveLength(11);
  });
});

describe('memory', () => {
  it('counts parameters as Table 4 does', () => {
    expect(parameterCount({ family: 'wrn', unitsPerStage: 12, kw: 2, classes: 1000 })).toBe(4_790_712);
    expect(parameterCount({ family: 'warpnet1', K: 3, Nwarp: 6, kw: 2, classes: 1000 })).toBe(7_121_208);
  });

  it('is estimated as measured for WRN-73-4 at batch 16, within 5 %', () => {
    const folder = new ExperimentFolder();
    const wrn = { family: 'wrn', unitsPerStage: 12, kw: 4, classes: 10 } as const;
    expect(stepMemory(wrn, 16, folder.protocol('paper')) / 2.7e9).toBeCloseTo(1, 1);
    expect(stepMemory(wrn, 16, folder.protocol('released-code')) / 6.5e9).toBeCloseTo(1, 1);
  });
});
