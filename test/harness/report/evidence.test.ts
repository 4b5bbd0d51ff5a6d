/** Every number of ours in a table's CSV, worked out again from the CSVs of the jobs that it names, without the program's own readers. */
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { evidenceCsvs } from '../../../harness/report/measured/write-results.js';
import { renderCsv } from '../../../harness/report/render/csv.js';
import { fixture, modelOf } from './fixtures.js';

type Row = Readonly<Record<string, string>>;

const rowsOf = (text: string): Row[] => parse(text, { columns: true });

const made = fixture({ tables: ['table2', 'table5'], seeds: [0, 1] });
const csvs = new Map([...evidenceCsvs(made)].map(([name, text]) => [name, rowsOf(text)]));
const csv = (name: string): Row[] => csvs.get(name) ?? [];
const table = (id: string): Row[] => rowsOf(renderCsv(modelOf(made, id)));

/** Mean over the named trainings of the last evaluation. */
function errorOf({ jobs = '' }: Row): number {
  const last = jobs.split(' ').map((job) => {
    const found = csv('errors.csv').find((row) => row['job'] === job && row['mark']?.split(' ').includes('last'));
    return Number(found?.['errorPct']);
  });
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}

/** The share that the fastest step saves of the baseline's fastest, the job's first row. */
function measuredSpeedUp({ jobs, label = '', layout = '' }: Row): number {
  const steps = csv('timing.csv').filter(({ job }) => job === jobs);
  const baseline = steps.filter(({ row }) => row === steps[0]?.['row']);
  const own = steps.filter((row) => row['layout'] === layout && label.startsWith(row['network'] ?? '?'));
  const fastest = (rows: readonly Row[]): number => Math.min(...rows.map(({ milliseconds }) => Number(milliseconds)));
  return 100 * (1 - fastest(own) / fastest(baseline));
}

function projectedSpeedUp({ jobs, published_id: id = '', layout, protocol }: Row): number {
  const found = csv('projections.csv').find(
    (row) =>
      row['job'] === jobs &&
      row['protocol'] === protocol &&
      row['layout'] === layout &&
      row['publishedIds']?.split(' ').includes(id),
  );
  return 100 * (1 - Number(found?.['milliseconds']) / Number(found?.['baselineMilliseconds']));
}

describe.each(['table2', 'table5'])('every number of ours in %s.csv', (id) => {
  // A model of the paper's hardware rests on no job.
  const rows = table(id).filter(
    ({ value, printed, provenance }) => value !== '' && printed !== undefined && provenance !== 'modelled',
  );

  it('names the jobs that it rests on, and they are in the CSVs', () => {
    const known = new Set([...csvs.values()].flatMap((own) => own.map(({ job = '' }) => job)));
    const resting = rows.filter(({ reason }) => reason !== 'by-definition');
    expect(resting.length).toBeGreaterThanOrEqual(10);
    for (const { jobs = '', label } of resting)
      for (const job of jobs.split(' ')) expect(known, `${label ?? ''}: ${job}`).toContain(job);
  });

  it('follows from them', () => {
    let followed = 0;
    for (const row of rows) {
      if (row['reason'] === 'by-definition') continue;
      const again =
        row['metric'] === 'error'
          ? errorOf(row)
          : row['provenance'] === 'projected'
            ? projectedSpeedUp(row)
            : measuredSpeedUp(row);
      // The table has ten significant digits.
      expect(again, JSON.stringify(row)).toBeCloseTo(Number(row['value']), 6);
      followed++;
    }
    expect(followed).toBeGreaterThanOrEqual(10);
  });
});
