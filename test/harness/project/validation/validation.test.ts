import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations, timing, type JobResult } from '../../../../harness/kinds/index.js';
import { batchOf } from '../../../../harness/kinds/timing/job.js';
import { expand } from '../../../../harness/plan/expand/expand.js';
import { operationTimes } from '../../../../harness/project/costs/operation-times.js';
import { PlaceProjector } from '../../../../harness/project/planned-projection.js';
import { trainingStepGraph } from '../../../../harness/project/step-graph.js';
import { summarise, readValidation, validationCsv } from '../../../../harness/project/validation/validation-file.js';
import { planValidation, type PlannedValidation } from '../../../../harness/project/validation/validation-plan.js';
import { validate, type ValidatedLayout } from '../../../../harness/project/validation/validation.js';
import { relativeSpeedUp } from '../../../../harness/core/statistics.js';
import { fourCards, twoCores } from '../../../support/machines.js';
import { warpnet, warpnetFolder } from '../../../support/papers.js';
import { operationsResult, timingResult } from '../../../support/results.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { profileOf } from '../made-up-machine.js';

beforeAll(() => warpnet.loadModels());

const reports = mkdtempSync(join(tmpdir(), 'validation-'));
afterAll(() => rmSync(reports, { recursive: true }));

const folder = warpnetFolder();
const tables = ['table2', 'table3', 'table4', 'table5', 'width'];

function planned(machine = twoCores, names = tables): PlannedValidation[] {
  const matrices = names.map((name) => folder.matrix(name));
  const plan = expand({ matrices, profile: 'auto', machine, sizeOf, folder });
  return planValidation({ paper: warpnet, plan, machine, sizeOf, rounds: 7 });
}

describe('the layouts of a validation', () => {
  it('are every network of the tables with one repetition, on all devices there are, under each protocol that is timed', () => {
    const found = planned().map(({ projection: { network, layout }, timing: { protocol } }) => {
      expect(layout.devices).toBe(2);
      expect(network.repetitions).toBe(1);
      return `${network.title} ${layout.text} ${protocol.name}`;
    });
    expect(new Set(found).size).toBe(found.length);
    for (const layout of ["[F1] [F2, F2'x1]", "[F1] [F2, F2'F1]", '2 x [F1]'])
      expect(found.filter((text) => text.includes(` ${layout} `)).length).toBeGreaterThan(1);
    const protocols = new Set(planned().map(({ timing: { protocol } }) => protocol.name));
    const timedUnder = folder.profile('auto').protocols.speedUp.map((name) => folder.protocol(name).name);
    expect(protocols).toEqual(new Set(timedUnder));
  });

  it('are wider where there are more devices, as far as they are different', () => {
    const layouts = planned(fourCards, ['table3']).map(({ projection: { layout } }) => layout.devices);
    expect(new Set(layouts)).toEqual(new Set([2, 3, 4]));
  });

  it('are none on one device', () => {
    expect(planned({ ...twoCores, deviceCount: 1 })).toEqual([]);
  });

  it('are compared with a baseline as deep, timed and priced by jobs such as tables have', () => {
    for (const { projection, timing: timed, row, operations: priced } of planned(twoCores, ['table2', 'table3'])) {
      const { network, baseline, batch } = projection;
      expect(baseline.network.facts['depth']).toBe(network.facts['depth']);
      expect(timed.rows[0]?.network.key).toBe(baseline.network.key);
      expect(timed.rows.find((candidate) => candidate.row === row)?.layout.text).toBe(projection.layout.text);
      expect([timed.batch, priced.id, timed.rounds]).toEqual([batch, projection.job, 7]);
      expect(timing.is(timed) && operations.is(priced)).toBe(true);
    }
  });
});

describe('a validation', () => {
  const [first] = planned(twoCores, ['table2']);
  if (first === undefined) throw new Error('nothing to validate');
  const { projection, operations: priced } = first;

  /** Results of the made-up machine: crossings of 25 µs, batch norm half as fast while another core is busy. */
  function results(): (id: string) => JobResult | null {
    const stepOf = (layout: typeof projection.layout, batch = projection.batch) =>
      profileOf(trainingStepGraph(layout, priced.protocol, batch));
    const times = operationTimes(priced.rows.map((row) => stepOf(row.layout, batchOf(priced, row))));
    const rows = first?.timing.rows.map(({ row, layout }) => {
      const milliseconds = (stepOf(layout).span[0] ?? NaN) / 1e3;
      const rounds = [0, 1, 2, 3, 4, 5];
      const steady = { milliseconds: rounds.map(() => milliseconds), rounds };
      return { row, layout: layout.text, parameters: 1, ...steady, compileSeconds: 1, busySeconds: null };
    });
    const timed = timingResult({ id: first?.timing.id ?? '', hardware: 'Some CPU', rows: rows ?? [] });
    const stored = new Map<string, JobResult>([
      [timed.id, timed],
      [priced.id, operationsResult({ id: priced.id, times })],
    ]);
    return (id) => stored.get(id) ?? null;
  }

  const projector = new PlaceProjector(warpnet);

  it('projects what the machine measures', async () => {
    const [row] = await validate([first], { projector, resultOf: results(), speedUpOf: relativeSpeedUp });
    expect(row).toMatchObject({
      paper: 'warpnet',
      layout: projection.layout.text,
      hardware: 'Some CPU',
      timing: first.timing.id,
      operations: priced.id,
    });
    // Crowding is one factor for all operations of a kind, and times are kept to the nanosecond.
    expect(row?.projectedRs).toBeCloseTo(row?.measuredRs ?? NaN, 2);
  });

  it('leaves out what has not run', async () => {
    const found = await validate([first], { projector, resultOf: () => null, speedUpOf: relativeSpeedUp });
    expect(found).toEqual([]);
  });
});

const row = (measuredRs: number, projectedRs: number, width: number): ValidatedLayout => ({
  paper: 'warpnet',
  network: 'WarpNet1-13-4',
  layout: "[F1] [F2, F2'x1]",
  baseline: 'WRN-13-4',
  protocol: 'released-code, fused BN',
  batch: 4,
  measuredRs,
  measuredLow: measuredRs - width / 2,
  measuredHigh: measuredRs + width / 2,
  projectedRs,
  hardware: 'Some CPU, one core a device',
  timing: 't',
  operations: 'o',
});

describe('the file of a validation', () => {
  const rows = [row(10, 12, 1), row(20, 14, 3)];

  it('is read as it was written, and summed up', () => {
    mkdirSync(join(reports, 'quick'));
    writeFileSync(join(reports, 'quick', 'projection-validation.csv'), validationCsv(rows));
    const summary = { meanDifferencePct: 4, withinFive: 1, widestIntervalPct: 3, hardware: rows[0]?.hardware };
    expect(summarise(rows)).toMatchObject(summary);
    expect(readValidation(reports, 'quick')).toEqual({ ...summary, rows });
    // It is about the machine, whatever the profile.
    expect(readValidation(reports, 'auto')).toEqual({ ...summary, rows });
  });

  it.each(['', 'network,layout\nWRN,"[F1', 'network\nWRN-7-1'])('counts as none where it is torn: %j', (text) => {
    writeFileSync(join(reports, 'quick', 'projection-validation.csv'), text);
    expect(readValidation(reports, 'quick')).toBeNull();
  });
});
