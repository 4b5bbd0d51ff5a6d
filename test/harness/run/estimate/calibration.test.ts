import { describe, expect, it } from 'vitest';
import { kindOf, training } from '../../../../harness/kinds/index.js';
import { stepSeconds } from '../../../../harness/kinds/step-time.js';
import { expand } from '../../../../harness/plan/expand/expand.js';
import type { Network } from '../../../../harness/plan/paper/network.js';
import { calibrationJobs, hoursByTable } from '../../../../harness/run/estimate/calibration.js';
import { calibrate } from '../../../../harness/run/estimate/estimate.js';
import { everyDataset, fourCards } from '../../../support/machines.js';
import { warpnet, warpnetFolder } from '../../../support/papers.js';
import { sizeOf } from '../../../support/step-sizes.js';

const folder = warpnetFolder();
const machine = { ...fourCards, datasets: everyDataset };
const plan = expand({
  matrices: ['table2', 'table3'].map((name) => folder.matrix(name)),
  profile: 'paper',
  machine,
  sizeOf,
  folder,
});
const trainings = plan.jobs.filter((job) => training.is(job));

describe('before days of training', () => {
  const jobs = calibrationJobs(warpnet, plan.jobs, machine);

  it('one short network of each that is built of the same layers is timed, on one device, at the batch of its training', () => {
    const names = jobs.map(({ rows }) => rows[0]?.row);
    expect([...new Set(names)].toSorted()).toEqual(
      [4, 6]
        .flatMap((kw) =>
          // Two and three units a warp layer are other layers.
          ['WRN-13', 'WarpNet1-25', 'WarpNet1-37', 'WarpNet2-25', 'WarpNet2-37'].map((name) => `${name}-${kw}`),
        )
        .toSorted(),
    );
    expect(names).toHaveLength(new Set(names).size);
    for (const { devices, batch, rows } of jobs) expect([devices, batch, rows.length]).toEqual([1, 128, 1]);
  });

  it('estimates scale with what its steps took, each by those of its own layers', () => {
    const device = { kind: 'gpu' } as const;
    const factorOf = (network: Network): number => (network.system === 'WRN' ? 2 : 5);
    const steps = jobs.flatMap(({ rows, batch, protocol: options }) =>
      rows.map(({ network }) => ({
        network,
        options,
        batch,
        seconds: factorOf(network) * stepSeconds(sizeOf(network, options, batch), device, 'direct'),
      })),
    );
    const [modelled, calibrated] = [calibrate([], device, sizeOf), calibrate([], device, sizeOf, steps)];
    expect(trainings.length).toBeGreaterThan(0);
    for (const job of trainings) expect(calibrated(job) / modelled(job)).toBeCloseTo(factorOf(job.network), 6);
    // What whole trainings took says more.
    const [whole] = trainings;
    if (whole === undefined) throw new Error('no training');
    const seconds = 3 * modelled(whole);
    expect(calibrate([{ job: whole, seconds }], device, sizeOf, steps)(whole)).toBeCloseTo(seconds, 6);
  });

  it('each job counts for one table, those for projections too', () => {
    const tables = hoursByTable(plan.tables, plan.jobs, () => 3600);
    const devices = plan.jobs.reduce((sum, job) => sum + kindOf(job).devices(job), 0);
    expect(tables.reduce((sum, { hours }) => sum + hours, 0)).toBeCloseTo(devices, 6);
    expect(tables.every(({ hours }) => hours > 0)).toBe(true);
    const projected = expand({
      matrices: [folder.matrix('table3')],
      profile: 'quick',
      machine: { ...machine, deviceCount: 1 },
      sizeOf,
      folder,
    });
    const operations = projected.jobs.filter(({ kind }) => kind === 'operations');
    expect(operations.length).toBeGreaterThan(0);
    expect(hoursByTable(projected.tables, operations, () => 3600)[0]?.hours).toBeCloseTo(operations.length, 6);
  });
});
