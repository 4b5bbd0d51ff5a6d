import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrationCells, hoursByTable } from '../../../harness/run/estimate/calibration.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { calibrate, modelledStep } from '../../../harness/run/estimate/estimate.js';
import { everyDataset, fourCards } from '../../support/machines.js';
import { Program } from './program.js';

const folder = new ExperimentFolder();
const machine = { ...fourCards, datasets: everyDataset };
const plan = expand({
  matrices: ['table2', 'table3'].map((name) => folder.matrix(name)),
  profile: 'paper',
  machine,
  folder,
});

describe('before days of training', () => {
  const cells = calibrationCells(plan.cells, machine);

  it('one short network of each kind and width is timed, on one device, at the batch of its training', () => {
    expect(cells.map(({ rows }) => rows[0]?.row).toSorted()).toEqual(
      [4, 6].flatMap((kw) => ['WRN-13', 'WarpNet1-25', 'WarpNet2-25'].map((name) => `${name}-${kw}`)).toSorted(),
    );
    for (const { devices, batch, rows } of cells) expect([devices, batch, rows.length]).toEqual([1, 128, 1]);
  });

  it('estimates scale with what its steps took, each kind and width by its own', () => {
    const device = { kind: 'gpu' } as const;
    const steps = cells.flatMap(({ rows: [row], batch }) =>
      row === undefined
        ? []
        : [
            {
              network: row.network,
              batch,
              seconds: (row.network.family === 'wrn' ? 2 : 5) * modelledStep(row.network, batch, device),
            },
          ],
    );
    const [modelled, calibrated] = [calibrate([], device), calibrate([], device, steps)];
    for (const cell of plan.cells) {
      if (cell.kind !== 'error') continue;
      expect(calibrated(cell) / modelled(cell)).toBeCloseTo(cell.network.family === 'wrn' ? 2 : 5, 6);
    }
    // What whole trainings took says more.
    const [whole] = plan.cells.filter(({ kind }) => kind === 'error');
    if (whole === undefined) throw new Error('no training');
    const seconds = 3 * modelled(whole);
    expect(calibrate([{ cell: whole, seconds }], device, steps)(whole)).toBeCloseTo(seconds, 6);
  });

  it('each cell counts for one table', () => {
    const tables = hoursByTable(plan.tables, plan.cells, () => 3600);
    const devices = plan.cells.reduce((sum, cell) => sum + (cell.kind === 'timing' ? cell.devices : 1), 0);
    expect(tables.reduce((sum, { hours }) => sum + hours, 0)).toBeCloseTo(devices, 6);
    expect(tables.every(({ hours }) => hours > 0)).toBe(true);
  });
});

describe('reproduce --profile paper', () => {
  let program: Program;
  beforeEach(() => {
    program = new Program();
  });
  afterEach(() => {
    program.close();
  });
  const command = ['seeds', '--profile', 'paper', '--seeds', '1', '--only', 'WRN-13-1'];

  it('measures once, then says the hours by table and begins', async () => {
    const { exitCode, messages } = await program.run(command);
    expect(exitCode).toBe(0);
    expect(messages).toContain('First a few steps of 1 networks');
    expect(messages).toMatch(/seeds +\d+\.\d device hours/u);
    expect(messages).toMatch(/in all +\d+\.\d device hours/u);
    const again = await program.run(command);
    expect(again.messages).not.toContain('First a few steps');
  });
});
