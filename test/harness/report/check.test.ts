/** Reports that a group's CI asks whether their numbers hold. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCommand } from '../../../harness/cli/commands/report.js';
import { checkReport, checkText } from '../../../harness/report/compare/check.js';
import { compareReports } from '../../../harness/report/compare/compare.js';
import { failuresOf, parseFailOn } from '../../../harness/report/compare/fail-on.js';
import { writeCsvs, writeReports } from '../../../harness/report/index.js';
import { environment, failure, fixture, occasion } from './fixtures.js';

const reports = mkdtempSync(join(tmpdir(), 'check-'));
const folder = join(reports, 'quick', 'warpnet');
const moved = join(reports, 'moved');
afterAll(() => rmSync(reports, { recursive: true }));

const made = fixture({ tables: ['table5'] });
const [job] = made.plan.jobs;
const secret = `${homedir()}/data/batch_1 on ${environment.host} in /mnt/store/cache/set.npz`;

/** The table's CSV with one number of ours changed. */
function change(path: string, find: RegExp, by: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(find);
  writeFileSync(path, text.replace(find, by));
}

beforeAll(() => {
  const outcomes = new Map(made.outcomes);
  if (job) outcomes.set(job.id, { failure: { ...failure, message: `Cannot read ${secret}` } });
  const own = { ...made, outcomes, reports, folder, occasion: { ...occasion, command: ['npm', 'run', secret] } };
  writeCsvs(own, folder);
  writeReports(own);
  cpSync(folder, moved, { recursive: true });
  // A modelled RS of 42.7 against 44.1 printed becomes 22.
  change(join(moved, 'table5.csv'), /modelled,42\.7\d*,[\d.]+,[\d.]+,/u, 'modelled,22,21.9,22.1,');
});

describe('report --check', () => {
  it('finds numbers that are not reproduced, and names place and reason', () => {
    const { failing, numbers } = checkReport(folder, parseFailOn('not-reproduced'), ['released-code']);
    expect(numbers).toBeGreaterThan(5);
    // Data parallelism, which the model does not explain.
    expect(failing.map(({ place }) => place)).toEqual([
      'table5, WRN-73-4 2 x [F1, F2], released-code, rs (modelled)',
      'table5, WRN-73-4 4 x [F1, F2], released-code, rs (modelled)',
    ]);
    expect(checkText({ failing, numbers })).toContain(`${numbers} numbers checked, 2 fail`);
  });

  it('takes tolerances of one’s own', () => {
    const within = (text: string) => checkReport(folder, parseFailOn(text), ['released-code']).failing.length;
    expect(within('rs=40')).toBe(0);
    expect(within('rs=20')).toBe(1);
    expect(within('rs=0')).toBeGreaterThan(2);
  });

  it('refuses a condition that it does not know', () => {
    expect(() => parseFailOn('move')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it.each([
    [{ check: folder, failOn: 'not-reproduced', protocol: ['released-code'] }, 1],
    [{ check: folder, failOn: 'rs=40', protocol: ['released-code'] }, 0],
    [{ compare: [folder, folder] }, 0],
    [{ compare: [folder, moved] }, 1],
    [{ compare: [folder, moved], failOn: 'missing' }, 0],
  ])('%j ends with exit code %i', async (args, code) => {
    const surroundings = { output: { write: () => true } };
    const run = reportCommand.run as unknown as (args: object, surroundings: object) => Promise<number> | number;
    expect(await run(args, surroundings)).toBe(code);
  });
});

describe('report --compare', () => {
  it('fails on what moved by more than noise', () => {
    const failing = failuresOf(compareReports(folder, moved), parseFailOn('moved,missing'));
    expect(failing).toHaveLength(1);
    expect(failing[0]?.why).toMatch(/^42\.\d+ became 22, by more than noise$/u);
  });
});

describe('a report that is attached to a paper', () => {
  const files = ['index.html', 'summary.md', 'provenance.json', 'errors.csv', 'timing.csv', 'table5.csv', 'table5.md'];

  it.each(files)('%s names no folder and no host', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const word of [`${homedir()}/data`, '/mnt/store', environment.host]) expect(text, word).not.toContain(word);
  });

  it('tells each row the command that runs it again, and where each number is printed', () => {
    const text = readFileSync(join(folder, 'table5.csv'), 'utf8');
    expect(text).toMatch(/npm run reproduce -- retry [0-9a-f]+/u);
    expect(text).toContain('npm run reproduce -- fit --store');
    expect(text).toContain('Table 5 (§4.3),high');
  });
});
