/** Which places of a plan are both timed and projected. */
import { describe, expect, it } from 'vitest';
import { operations, timing } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = warpnetFolder();

function planOf(tables: readonly string[], machine = twoCores, projects = true) {
  const matrices = tables.map((table) => folder.matrix(table));
  return expand({ matrices, profile: 'quick', machine, sizeOf, folder, projects });
}

function described(plan: ReturnType<typeof planOf>): string[] {
  const jobs = new Map(plan.jobs.map((job) => [job.id, job]));
  return plan.checks.map(({ projection, timing: id, row }) => {
    const [timed, priced] = [jobs.get(id), jobs.get(projection.job)];
    if (timed === undefined || priced === undefined || !timing.is(timed) || !operations.is(priced))
      throw new Error('a check without its jobs');
    expect(timed.rows.map((own) => own.row)).toContain(row);
    expect([timed.batch, timed.protocol.name]).toEqual([projection.batch, priced.protocol.name]);
    expect(priced.rows.some(({ network }) => network.label === projection.network.shortened(2).label)).toBe(true);
    return `${row}, ${timed.protocol.name}`;
  });
}

describe('checks of projections', () => {
  it('are rows that are timed anyway, priced by jobs that are there anyway', () => {
    const plan = planOf(['table2']);
    expect(described(plan)).toEqual([
      "WarpNet1-73-4 [F1] [F2, F2'x1], paper",
      "WarpNet1-73-4 [F1] [F2, F2'x1], released-code",
    ]);
    const asked = new Set(
      plan.tables.flatMap(({ alsoShown }) => alsoShown).flatMap(({ timing: own }) => (own.skipped ? [] : [own.job])),
    );
    for (const { timing: id } of plan.checks) expect(asked).toContain(id);
  });

  it('are one timing a protocol more where a table is projected only', () => {
    const plan = planOf(['table3']);
    const found = described(plan);
    expect(found).toHaveLength(2);
    expect(found.map((text) => text.split(', ').at(-1))).toEqual(['paper', 'released-code']);
    const tables = plan.tables
      .flatMap(({ entries }) => entries)
      .flatMap(({ timing: own }) => (own.skipped ? [] : [own.job]));
    for (const { timing: id, projection } of plan.checks) {
      expect(tables).not.toContain(id);
      expect(projection.layout.devices).toBe(2);
    }
  });

  it('are none where nothing is projected, or on one device', () => {
    expect(planOf(['table2'], twoCores, false).checks).toEqual([]);
    expect(planOf(['table2'], { ...twoCores, deviceCount: 1 }).checks).toEqual([]);
    expect(planOf(['table2'], fourCards).checks).toEqual([]);
  });
});
