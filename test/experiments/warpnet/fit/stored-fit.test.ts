/** The stored fit is what the code gives today, and what reports judge by. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitCells } from '../../../../experiments/warpnet/fit/cells.js';
import { mainAssumptions } from '../../../../experiments/warpnet/fit/fit-report.js';
import { FitModel } from '../../../../experiments/warpnet/fit/model.js';
import { StepCache } from '../../../../experiments/warpnet/fit/step-cache.js';
import { parseStoredFit, storedFitFile } from '../../../../experiments/warpnet/fit/stored-fit.js';
import { inProject } from '../../../../harness/core/project.js';
import { defaultEfficiency } from '../../../../harness/project/costs/roofline.js';
import { readHardwareModel } from '../../../../harness/report/hardware-model/hardware-model.js';
import { reportingOf } from '../../../../harness/report/paper.js';
import { warpnet, warpnetFolder } from '../../../support/papers.js';

const stored = parseStoredFit(readFileSync(inProject(storedFitFile), 'utf8'));
const folder = warpnetFolder();
const cache = new StepCache((name) => folder.protocol(name));
const cells = fitCells();

describe('the stored fit', () => {
  it.each([
    ['released', 'moments', 't5.warpnet1-73-4.k2.g2'],
    ['released', 'fused', 't2.cifar10.nwarp3.warpnet2.kw4'],
    ['R3', 'moments', 't2.cifar10.nwarp3.warpnet1.kw4'],
  ] as const)('%s, %s BN, gives %s as the code does now (else: fit --store)', (derivative, batchNorm, row) => {
    const reading = stored.readings.find((one) => one.derivative === derivative && one.batchNorm === batchNorm);
    const cell = cells.find(({ printed }) => printed.some(({ id }) => id === row));
    if (reading === undefined || cell === undefined) throw new Error('it is not stored');
    const { convolution, ...parameters } = reading.parameters;
    const efficiency = { ...defaultEfficiency, convolution };
    const model = new FitModel({ ...mainAssumptions, efficiency, derivative, batchNorm, recompute: false }, cache);
    // Parameters are stored with three digits.
    expect(model.rsPct(cell, parameters)).toBeCloseTo(reading.predictions[row]?.value ?? NaN, 0);
  });

  it('has every printed RS but the baselines’ zeros under every reading, those of Table 2 as fitted', () => {
    const ids = cells.flatMap(({ printed }) => printed.map(({ id }) => id)).sort();
    for (const { predictions } of stored.readings) {
      expect(Object.keys(predictions).sort()).toEqual(ids);
      for (const [id, { value, low, high, fitted }] of Object.entries(predictions)) {
        expect(fitted).toBe(id.startsWith('t2.'));
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
  });

  it('is the hardware model of the paper: a protocol is a reading by its derivative and its BN', () => {
    const model = readHardwareModel(reportingOf(warpnet).hardwareModel);
    const readingOf = (name: string) => model?.readingOf(folder.protocol(name));
    expect(readingOf('released-code')).toBe('released, moments');
    expect(readingOf('paper')).toBe('R1, fused');
    expect(model?.readingOf({ ...folder.protocol('paper'), derivative: 'port' })).toBeNull();
    expect(model?.predict('released, moments', 't5.warpnet1-73-4.k3.g4')?.fitted).toBe(false);
  });
});
