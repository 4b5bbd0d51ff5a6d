import { describe, expect, it } from 'vitest';
import { fourCards, twoCores } from '../../support/machines.js';
import { warpnet } from '../../support/papers.js';
import { entryOf, errorsOf, firstTable, plan, reasonOf, timingsOf } from './planned.js';

const { tables: paperTables } = warpnet;

describe('comparison groups', () => {
  it('have the baseline first and refer to it only', () => {
    const { jobs, tables } = plan(['table4'], { profile: 'paper', machine: fourCards });
    for (const job of jobs)
      if (job.kind === 'timing')
        expect(job.rows[0]).toMatchObject({ network: { specification: { family: 'wrn', unitsPerStage: 12, kw: 2 } } });
    const [table] = tables;
    for (const { timing, published } of table?.entries ?? [])
      if (!timing.skipped && published === 't4.warpnet1-109-2.k3')
        expect(timing.network.specification).toMatchObject({ Nwarp: 6, K: 3 });
  });

  it('are cut, and their batch halved, until they fit into memory', () => {
    const rowsOf = (memoryBytes: number): [number, number][] =>
      timingsOf(plan(['table2'], { profile: 'paper', machine: { ...fourCards, memoryBytes } }))
        .filter(({ rows, protocol }) => rows[0]?.network.specification['kw'] === 6 && protocol.name === 'released-code')
        .map(({ rows, batch }) => [rows.length, batch]);
    expect(rowsOf(1e12)).toEqual([
      [3, 128],
      [3, 128],
      [3, 128],
      [3, 128],
    ]);
    expect(rowsOf(16e9).every(([rows, batch]) => rows === 2 && batch < 128)).toBe(true);
    const tiny = plan(['table2'], { machine: { ...fourCards, memoryBytes: 1e9 } });
    expect(timingsOf(tiny)).toEqual([]);
    expect(entryOf(firstTable(tiny).entries, 't2.cifar10.nwarp6.warpnet1.kw4', 'paper').timing).toMatchObject({
      code: 'MEMORY_TOO_SMALL',
    });
  });

  it('are not run for a baseline alone: what is timed checks projections', () => {
    const planned = plan(['table3'], { machine: { ...twoCores } });
    const checks = new Set(planned.checks.map(({ timing }) => timing));
    expect(timingsOf(planned).map(({ id }) => id)).toEqual([...checks]);
  });

  it('time CIFAR-100 rows with CIFAR-10’s classifier in quick, and their own in paper', () => {
    const quick = plan(['table2'], { machine: fourCards });
    const rows = ['t2.cifar10.nwarp3.warpnet1.kw4', 't2.cifar100.nwarp3.warpnet1.kw4'].map(
      (id) => entryOf(firstTable(quick).entries, id, 'paper').timing,
    );
    expect(rows[1]).toEqual({
      ...rows[0],
      shrunk: [
        { what: 'classes', printed: 100, ours: 10 },
        { what: 'batch', printed: 128, ours: 64 },
      ],
    });
    const paper = plan(['table2'], { machine: fourCards, profile: 'paper' });
    expect(entryOf(firstTable(paper).entries, 't2.cifar100.nwarp3.warpnet1.kw4', 'paper').timing).toMatchObject({
      network: { classes: 100 },
    });
  });

  it('need the traced engine for more than one device', () => {
    const entry = entryOf(
      firstTable(plan(['table5'], { machine: { ...twoCores, engine: 'eager' } })).entries,
      't5.warpnet1-73-4.k2.g2',
      'paper',
    );
    expect(reasonOf(entry.timing)).toEqual([
      'DEVICES_TOO_FEW',
      "[F1] [F2, F2'x1] needs 2 devices; the engine eager uses 1.",
    ]);
  });
});

describe('a stand-in', () => {
  it('is not used where the data set itself is there', () => {
    const both = plan(['table2'], { machine: { ...twoCores, datasets: fourCards.datasets } });
    expect(errorsOf(both).map(({ dataset }) => dataset)).not.toContain('fashion-mnist');
    expect(errorsOf(both).map(({ dataset }) => dataset)).toContain('cifar100');
  });

  it('is not there in the paper profile', () => {
    expect(errorsOf(plan(['table2'], { profile: 'paper' }))).toEqual([]);
  });
});

describe('auto', () => {
  it('is quick on cores, with the same jobs', () => {
    const ids = (profile: string): string[] => plan(paperTables, { profile }).jobs.map(({ id }) => id);
    expect(ids('auto')).toEqual(ids('quick'));
  });

  it('times with the published batch on cards', () => {
    const [first] = timingsOf(plan(['table2'], { profile: 'auto', machine: { ...fourCards, memoryBytes: 1e12 } }));
    expect(first).toMatchObject({ batch: 128, devices: 3 });
  });
});
