import { describe, expect, it } from 'vitest';
import { printed } from '../../../experiments/warpnet/printed.js';
import type { Reduction } from '../../../harness/plan/matrix/shrink.js';
import { fourCards } from '../../support/machines.js';
import { warpnet } from '../../support/papers.js';
import { entryOf, errorsOf, firstTable, plan, reasonOf, timingsOf } from './planned.js';

const { tables: paperTables } = warpnet;

describe('the printed rows', () => {
  it('each stand in exactly one of the rendered tables, once under each protocol', () => {
    const ids = [...printed().rows.values()].filter(({ table }) => table !== 'text').map(({ id }) => id);
    expect(ids).toHaveLength(24 + 24 + 6 + 6 + 6);
    const { tables } = plan(paperTables);
    for (const id of ids) {
      const places = tables.flatMap(({ id: table, entries }) =>
        entries.filter((entry) => entry.published === id).map(({ protocol }) => `${table} ${protocol}`),
      );
      expect(new Set(places.map((place) => place.split(' ')[0])).size, id).toBe(1);
      expect(new Set(places).size, id).toBe(places.length);
      // Errors and speed-ups together have three protocols, the width series times under two of them.
      expect(places, id).toHaveLength(id.startsWith('text.') ? 2 : 3);
    }
  });

  it('are in the order of the paper', () => {
    for (const name of ['table2', 'table3', 'table4', 'table5'] as const) {
      const table = firstTable(plan([name]));
      const ids = table.entries.filter(({ protocol }) => protocol === 'paper').map((entry) => entry.published);
      expect(ids).toEqual([...printed().rows.values()].filter((row) => row.table === name).map(({ id }) => id));
    }
  });
});

describe('Table 2 on two cores without CIFAR', () => {
  const quick = plan(['table2']);
  const table = firstTable(quick);

  it('trains six small networks on Fashion-MNIST and times the two-device pair under two protocols', () => {
    expect(
      errorsOf(quick).map(({ network, dataset }) => [
        network.specification.family,
        network.specification['kw'],
        dataset,
      ]),
    ).toEqual([
      ['warpnet1', 1, 'fashion-mnist'],
      ['warpnet1', 2, 'fashion-mnist'],
      ['warpnet2', 1, 'fashion-mnist'],
      ['warpnet2', 2, 'fashion-mnist'],
      ['wrn', 1, 'fashion-mnist'],
      ['wrn', 2, 'fashion-mnist'],
    ]);
    expect(timingsOf(quick).map(({ protocol }) => protocol.name)).toEqual(['paper', 'released-code']);
    for (const { rows, devices, hardware } of timingsOf(quick)) {
      expect(rows.map(({ layout }) => layout.text)).toEqual(['[F1, F2]', "[F1] [F2, F2'x1]"]);
      expect(devices).toBe(2);
      expect(hardware).toBe('Some CPU, one core a device');
    }
  });

  it('says what was shrunk, what stands in and what is missing', () => {
    const trained = entryOf(table.entries, 't2.cifar10.nwarp3.warpnet1.kw6', 'released-code, fused BN').error;
    expect(trained).toMatchObject({
      standIn: 'fashion-mnist',
      network: { specification: { family: 'warpnet1', K: 2, Nwarp: 1, kw: 2, classes: 10 } },
      shrunk: expect.arrayContaining<Reduction>([
        { what: 'Nwarp', printed: 3, ours: 1 },
        { what: 'kw', printed: 6, ours: 2 },
        { what: 'batch', printed: 128, ours: 16 },
      ]) as unknown,
    });
    const reasons = [
      ['t2.cifar10.nwarp6.warpnet1.kw4', 'released-code, fused BN'],
      ['t2.cifar100.nwarp3.wrn.kw4', 'released-code, fused BN'],
      ['t2.cifar10.nwarp3.wrn.kw4', 'paper'],
    ].map(([id = '', protocol = '']) => reasonOf(entryOf(table.entries, id, protocol).error));
    expect(reasons).toMatchInlineSnapshot(`
      [
        [
          "NOT_IN_PROFILE",
          "Quick runs do not train the 73-layer networks.",
        ],
        [
          "DATA_MISSING",
          "CIFAR-100 is not here: npm run reproduce -- data cifar100 fetches it.",
        ],
        [
          "OTHER_PROTOCOLS",
          "The profile quick trains under released-code, fused BN only; --protocol trains under others.",
        ],
      ]
    `);
    const tooWide = entryOf(table.entries, 't2.cifar10.nwarp3.warpnet2.kw4', 'paper');
    expect(reasonOf(tooWide.timing)).toMatchInlineSnapshot(`
      [
        "DEVICES_TOO_FEW",
        "[F1] [F2] [F2'F1] needs 3 devices; cpu:2 has 2.",
      ]
    `);
    expect(tooWide.projection).toMatchObject({
      layout: { text: "[F1] [F2] [F2'F1]" },
      baseline: {
        network: { specification: { family: 'wrn', unitsPerStage: 6, kw: 4 } },
        layout: { text: '[F1, F2]' },
      },
      batch: 16,
    });
  });

  it('shows Table 5’s two-device row, from the jobs that Table 5 would run', () => {
    expect(table.alsoShown.map((entry) => [entry.published, entry.protocol])).toEqual([
      ['t5.warpnet1-73-4.k2.g2', 'paper'],
      ['t5.warpnet1-73-4.k2.g2', 'released-code'],
      ['t5.warpnet1-73-4.k2.g2', 'released-code, fused BN'],
    ]);
    const table5 = new Set(plan(['table5']).jobs.map(({ id }) => id));
    for (const { timing, protocol } of table.alsoShown) {
      expect(timing.skipped).toBe(protocol === 'released-code, fused BN');
      if (timing.skipped) continue;
      expect(timing.row).toBe("WarpNet1-73-4 [F1] [F2, F2'x1]");
      expect(timing.shrunk).toEqual([{ what: 'batch', printed: 128, ours: 16 }]);
      expect(table5).toContain(timing.job);
    }
  });
});

describe('the paper profile on four cards with every data set', () => {
  const all = plan(paperTables, { profile: 'paper', machine: fourCards });

  it('trains every printed network twice under both protocols, shared ones once', () => {
    // Tables 2 and 3: 2 data sets x (2 depths x 2 widths) x (1 WRN + 2 WarpNets for each K); Table 4: 5 networks;
    // Table 5 adds the two data-parallel trainings. Each with 2 seeds and 2 protocols.
    expect(errorsOf(all)).toHaveLength((2 * 4 * 5 + 5 + 2) * 2 * 2);
  });

  it('trains with the published settings', () => {
    const [wrn] = errorsOf(all).filter(
      ({ network, dataset, protocol }) =>
        network.specification.family === 'wrn' &&
        network.specification['kw'] === 4 &&
        dataset === 'cifar10' &&
        protocol.name === 'paper',
    );
    expect(wrn).toMatchObject({
      trainImages: null,
      training: {
        steps: 80_000,
        batch: 128,
        learningRate: 0.1,
        dropSteps: [23_438, 46_875, 62_500],
        dropFactor: 0.1,
        weightDecay: 0.0005,
        evaluateEvery: 391,
        seed: 0,
      },
    });
    const released = errorsOf(all).find(
      ({ protocol, dataset }) => protocol.name === 'released-code' && dataset === 'cifar10',
    );
    // Its steps 23460 and 46920, counted from 0, are the last at their rate: see train/learning-rate.test.ts.
    expect(released?.training.dropSteps).toEqual([23_461, 46_921]);
    const imagenet = errorsOf(all).find(({ dataset }) => dataset === 'imagenet32');
    // 120 epochs of 1281167 / 512 steps.
    expect(imagenet?.training).toMatchObject({ steps: 300_274, batch: 512, learningRate: 0.4, weightDecay: 0.0001 });
    expect(imagenet?.training.dropSteps).toEqual([75_068, 150_137, 225_205]);
  });

  it('shrinks nothing but batches that do not fit', () => {
    for (const { entries } of all.tables)
      for (const { error, timing } of entries) {
        if (!error.skipped) expect(error.shrunk).toEqual([]);
        if (!timing.skipped) for (const { what } of timing.shrunk) expect(what).toBe('batch');
      }
  });

  it('leaves no place empty but the cited row, the RS that the paper leaves out, and what a table does not show', () => {
    const empty = all.tables.flatMap(({ entries }) =>
      entries.flatMap(({ error, timing }) => [error, timing].flatMap((one) => (one.skipped ? [one.code] : []))),
    );
    expect([...new Set(empty)].sort()).toEqual(['CITED', 'EXCLUDED', 'NOT_IN_TABLE', 'OTHER_PROTOCOLS']);
  });

  it('finishes one table before the next, and one seed before the next', () => {
    const second = new Set(plan(['table2'], { profile: 'paper', machine: fourCards }).jobs.map(({ id }) => id));
    expect(all.jobs.slice(0, second.size).every(({ id }) => second.has(id))).toBe(true);
    const table2 = all.jobs.slice(0, second.size).filter((job) => job.kind === 'error');
    const seeds = table2.map(({ training }) => training.seed);
    expect(seeds).toEqual([...seeds].sort((a, b) => a - b));
  });
});

describe('the other tables', () => {
  it('Figure 2 takes its trainings from Table 4', () => {
    const table4 = new Set(plan(['table4'], { profile: 'paper', machine: fourCards }).jobs.map(({ id }) => id));
    const figure = plan(['figure2'], { profile: 'paper', machine: fourCards });
    expect(figure.jobs.length).toBe(4 * 2 * 2);
    for (const { id } of figure.jobs) expect(table4).toContain(id);
  });

  it('seeds shares seed 0 with Table 2, whatever the profile', () => {
    const table2 = new Set(plan(['table2']).jobs.map(({ id }) => id));
    for (const profile of ['quick', 'paper']) {
      const seeds = plan(['seeds'], { profile });
      expect(errorsOf(seeds).filter(({ id }) => table2.has(id))).toHaveLength(3);
      const [first] = firstTable(seeds).entries;
      expect(first?.error).toMatchObject({ jobs: { length: 5 } });
    }
    expect(errorsOf(plan(['seeds'], { seeds: [7, 8] })).map(({ training }) => training.seed)).toEqual([
      7, 7, 7, 8, 8, 8,
    ]);
  });

  it('readings compares six derivatives with two kinds of batch normalisation', () => {
    const readings = plan(['readings']);
    const [table] = readings.tables;
    expect(table?.protocols).toHaveLength(12);
    // One WRN for all derivatives.
    expect(errorsOf(readings)).toHaveLength(2 * (12 + 2));
    expect(timingsOf(readings)).toHaveLength(12);
    // The released derivative with moments BN is that of Tables 2 and 5.
    const table5 = new Set(plan(['table5']).jobs.map(({ id }) => id));
    expect(timingsOf(readings).filter(({ id }) => table5.has(id))).toHaveLength(1);
  });

  it('Table 5’s data-parallel errors are trainings of their own, its other rows those of Tables 2 and 3', () => {
    const others = new Set(
      plan(['table2', 'table3'], { profile: 'paper', machine: fourCards }).jobs.map(({ id }) => id),
    );
    const table5 = plan(['table5'], { profile: 'paper', machine: fourCards });
    const own = errorsOf(table5).filter(({ id }) => !others.has(id));
    expect(new Set(own.map(({ replicas }) => replicas))).toEqual(new Set([2, 4]));
    expect(own).toHaveLength(2 * 2 * 2);
  });
});
