import { describe, expect, it } from 'vitest';
import type { OperationsJob } from '../../../harness/kinds/index.js';
import { expand, type ExpansionRequest } from '../../../harness/plan/expand/expand.js';
import type { ExperimentPlan, PlannedEntry } from '../../../harness/plan/plan.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = warpnetFolder();
const withSpeedUps = ['table2', 'table3', 'table4', 'table5', 'width', 'readings'];

function plan(tables: readonly string[], request: Partial<ExpansionRequest> = {}): ExperimentPlan {
  const matrices = tables.map((name) => folder.matrix(name));
  return expand({ matrices, profile: 'auto', machine: twoCores, sizeOf, folder, ...request });
}

const entriesOf = ({ tables }: ExperimentPlan): PlannedEntry[] =>
  tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown]);
const operationsOf = ({ jobs }: ExperimentPlan): OperationsJob[] => jobs.filter((job) => job.kind === 'operations');

describe('a speed-up that two cores cannot time', () => {
  it('is projected, in every table that shows one', () => {
    const all = plan(withSpeedUps);
    const jobs = new Set(all.jobs.map(({ id }) => id));
    const kinds = new Map<string, number>();
    for (const { timing, projection, printed } of entriesOf(all)) {
      const kind = !timing.skipped
        ? 'timed'
        : projection === null
          ? `${printed?.specification.family ?? 'cited'} ${timing.code}`
          : projection.skipped
            ? projection.code
            : 'projected';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (projection === null || projection.skipped) continue;
      expect(jobs).toContain(projection.job);
    }
    expect(new Set(kinds.keys())).toEqual(
      // Besides: baselines, which save 0 % by definition, rows of which only the error is compared, and protocols that are only trained under.
      new Set([
        ...['timed', 'projected', 'wrn NO_COMPARISON', 'wrn EXCLUDED', 'warpnet1 EXCLUDED', 'cited CITED'],
        ...['wrn OTHER_PROTOCOLS', 'warpnet1 OTHER_PROTOCOLS', 'warpnet2 OTHER_PROTOCOLS'],
      ]),
    );
  });

  it('rests on the operations of network and baseline alone, and of the network spread over the cores there are', () => {
    const table = operationsOf(plan(['table3']));
    const rowsOf = (title: string) => table.find((job) => job.title.startsWith(title))?.rows.map(({ row }) => row);
    expect(rowsOf('Operations of WarpNet2-37-6 (K = 3) and WRN-13-6, paper')).toEqual([
      'WRN-13-6 [F1, F2]',
      "WarpNet2-37-6 [F1, F2, F3, F2'F1, F3'F1, F3'F2]",
      "WarpNet2-19-6 [F1, F2, F2'F1] [F3, F3'F1, F3'F2]",
    ]);
    expect(new Set(table.map(({ title }) => title)).size).toBe(table.length);
    for (const { devices, rows } of table) expect([devices, rows.length]).toEqual([2, 3]);
  });

  it('shares them with every depth, layout and table', () => {
    const one = operationsOf(plan(['table2']));
    // One for each of two networks, two widths and two protocols, for 37 and 73 layers alike.
    expect(one).toHaveLength(2 * 2 * 2);
    const both = operationsOf(plan(['table2', 'width']));
    expect(new Set(both.map(({ id }) => id)).size).toBe(both.length);
    expect(operationsOf(plan(['width'])).filter(({ id }) => one.some((job) => job.id === id))).not.toEqual([]);
    // Table 5 has WarpNet1 with K = 3 on three devices, Table 3 on four.
    const warpnets = operationsOf(plan(['table3', 'table5'])).filter(({ title }) =>
      /WarpNet1-37-4 \(K = 3\) and WRN-13-4, paper/u.test(title),
    );
    expect(warpnets).toHaveLength(1);
  });

  it('under data parallelism rests on the part of the batch that a device gets', () => {
    const entry = entriesOf(plan(['table5'])).find(({ layout }) => layout?.replicas === 4);
    if (entry?.projection === null || entry?.projection.skipped !== false) throw new Error('not projected');
    const { batch, job: id } = entry.projection;
    const job = operationsOf(plan(['table5'])).find((candidate) => candidate.id === id);
    expect(job?.batch).toBe(batch);
    expect(job?.rows.map(({ layout, batch: own }) => [layout.text, own])).toEqual([
      ['[F1, F2]', undefined],
      ['[F1, F2]', batch / 4],
      // Each of the two cores has a quarter, as each of the four devices would.
      ['2 x [F1]', batch / 2],
    ]);
    expect(new Set(job?.rows.map(({ row }) => row)).size).toBe(3);
  });

  it('has a smaller batch where memory lacks, and says so where none fits', () => {
    const batches = (memoryBytes: number) =>
      entriesOf(plan(['width'], { machine: { ...twoCores, memoryBytes } })).map(({ projection }) =>
        projection?.skipped === false ? projection.batch : projection?.code,
      );
    expect(batches(24e9)).toContain(4);
    const [most, fewer] = [batches(24e9), batches(4e9)];
    expect(fewer.some((batch, index) => Number(batch) < Number(most[index]))).toBe(true);
    expect(batches(1e8)).toEqual(batches(1e8).map(() => 'OPERATIONS_TOO_LARGE'));
  });
});

describe('nothing is projected', () => {
  it('where every layout can be timed', () => {
    const all = plan(withSpeedUps, { machine: fourCards });
    expect(operationsOf(all)).toEqual([]);
    expect(entriesOf(all).every(({ projection }) => projection === null)).toBe(true);
  });

  it('where it is not wanted', () => {
    const all = plan(withSpeedUps, { projects: false });
    expect(operationsOf(all)).toEqual([]);
    expect(entriesOf(all).every(({ projection }) => projection === null)).toBe(true);
  });

  it('by an engine that cannot time operations, which is said', () => {
    const all = plan(['table3'], { machine: { ...twoCores, engine: 'eager' } });
    expect(operationsOf(all)).toEqual([]);
    expect(entriesOf(all).flatMap(({ projection }) => projection ?? [])).toContainEqual(
      expect.objectContaining({ skipped: true, code: 'NO_PROFILE' }),
    );
  });
});
