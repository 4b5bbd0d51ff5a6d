import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { strFromU8, strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timing, training } from '../../../harness/kinds/index.js';
import { redactor } from '../../../harness/report/bundle/redact.js';
import { unpackRuns } from '../../../harness/report/bundle/unpack-runs.js';
import { readBundle, verificationText, verifyBundle } from '../../../harness/report/bundle/verify.js';
import { writeBundle } from '../../../harness/report/bundle/write.js';
import { compareReports } from '../../../harness/report/compare/compare.js';
import { comparisonText } from '../../../harness/report/compare/comparison-text.js';
import { writeReports, type ReportContext } from '../../../harness/report/index.js';
import { papers } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';
import { environment, fixture, occasion } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const made = fixture(
  { tables: ['table2', 'table5'] },
  (job) => training.is(job) && job.network.specification['kw'] === 2,
);
const { plan, outcomes } = made;
const context: ReportContext = { ...made, occasion, reports: folder, folder: join(folder, 'quick', 'warpnet') };
const verify = (path: string) => verifyBundle(path, papers, sizeOf);
const zip = join(folder, 'bundle.zip');
const [firstJob] = plan.jobs;

beforeAll(() => {
  const run = join(folder, 'runs', firstJob?.id ?? '');
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'log.txt'), `loading ${homedir()}/data on ${environment.host}\nfrom /home/somebody/x\n`);
  writeFileSync(join(run, 'checkpoint.safetensors'), 'weights');
  writeBundle(context, zip);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The bundle with one file changed. */
function tampered(change: (files: Map<string, Uint8Array>) => void): string {
  const files = readBundle(zip);
  change(files);
  const path = join(folder, 'tampered.zip');
  writeFileSync(path, zipSync(Object.fromEntries(files), { level: 0 }));
  return path;
}

describe('a bundle', () => {
  it('is made again from its own CSVs', () => {
    const verification = verify(zip);
    expect(verification.findings).toEqual([]);
    expect(verification.remade).toBeGreaterThanOrEqual(7);
    expect(verificationText(verification)).toContain('all as they should be');
  });

  it('describes every file as an RO-Crate 1.2', () => {
    const files = readBundle(zip);
    const crate = JSON.parse(strFromU8(files.get('ro-crate-metadata.json') ?? new Uint8Array())) as {
      '@context': string;
      '@graph': { '@id': string; '@type': string; conformsTo?: { '@id': string }; hasPart?: { '@id': string }[] }[];
    };
    expect(crate['@context']).toBe('https://w3id.org/ro/crate/1.2/context');
    const [descriptor, root] = crate['@graph'];
    expect(descriptor).toMatchObject({
      '@id': 'ro-crate-metadata.json',
      conformsTo: { '@id': 'https://w3id.org/ro/crate/1.2' },
    });
    const parts = root?.hasPart?.map((part) => part['@id']) ?? [];
    const expected = [...files.keys()]
      .filter((name) => !['ro-crate-metadata.json', 'SHA256SUMS'].includes(name))
      .map((name) => encodeURI(name));
    // What an entity refers to is an entity of its own: nothing is nested.
    expect(JSON.stringify(crate['@graph'].map((entity) => Object.values(entity)))).not.toContain('"@type"');
    expect(parts.sort()).toEqual(expected.sort());
    for (const part of parts) expect(crate['@graph'].some((entity) => entity['@id'] === part)).toBe(true);
  });

  it('holds report, tables, CSVs, configuration and logs, and no weights', () => {
    const names = [...readBundle(zip).keys()];
    const id = firstJob?.id ?? '';
    for (const name of [
      'index.html',
      'tables.tex',
      'table2.md',
      'errors.csv',
      'timing.csv',
      'operations.csv',
      'projections.csv',
      'provenance.json',
      'experiments/warpnet/tables/table2.yaml',
      'experiments/rules/verdicts.yaml',
      `runs/${id}/log.txt`,
    ])
      expect(names).toContain(name);
    expect(names.filter((name) => name.includes('checkpoint'))).toEqual([]);
  });

  it('redacts homes, hosts and users unless asked not to', () => {
    const everything = (path: string): string =>
      [...readBundle(path).values()].map((content) => strFromU8(content)).join('\n');
    const redacted = everything(zip);
    for (const secret of [environment.host, `${homedir()}/data`, '/home/somebody'])
      expect(redacted).not.toContain(secret);
    const open = join(folder, 'open.zip');
    writeBundle(context, open, { keepNames: true });
    expect(everything(open)).toContain(environment.host);
    expect(verify(open).findings).toEqual([]);
  });

  it('is the same bytes each time', () => {
    const again = join(folder, 'again.zip');
    writeBundle(context, again);
    expect(readFileSync(again).equals(readFileSync(zip))).toBe(true);
  });
});

describe('verifying', () => {
  it('finds a number that does not follow from the CSVs, and names the line', () => {
    const path = tampered((files) => {
      const text = strFromU8(files.get('table2.md') ?? new Uint8Array());
      files.set('table2.md', strToU8(text.replace('5.18 (33%)', '5.08 (33%)')));
    });
    const { findings } = verify(path);
    expect(findings.map(({ file }) => file)).toEqual(['table2.md', 'table2.md']);
    expect(findings.map(({ problem }) => problem).join(' ')).toMatch(/checksum.*Line \d+ is ".*5\.08/su);
  });

  it('finds a measurement that was changed: its tables no longer follow', () => {
    const path = tampered((files) => {
      const [header, ...rows] = strFromU8(files.get('timing.csv') ?? new Uint8Array()).split('\n');
      const column = header?.split(',').indexOf('milliseconds') ?? 0;
      // Titles are quoted, so fields are counted from the end.
      const fromEnd = (header?.split(',').length ?? 0) - column;
      const faster = rows.map((row, index) => {
        const fields = row.split(',');
        if (fields.length < 3 || index % 2 === 0) return row;
        fields[fields.length - fromEnd] = '1';
        return fields.join(',');
      });
      files.set('timing.csv', strToU8([header, ...faster].join('\n')));
    });
    const names = verify(path).findings.map(({ file }) => file);
    expect(names).toContain('timing.csv');
    expect(names).toContain('table5.csv');
  });

  it('finds a projection that was changed', () => {
    const path = tampered((files) => {
      const [header = [], ...rows] = parse(strFromU8(files.get('projections.csv') ?? new Uint8Array()));
      const percent = header.indexOf('percent');
      const changed = rows.map((row) => row.map((field, column) => (column === percent ? '77' : field)));
      files.set('projections.csv', strToU8(stringify([header, ...changed])));
    });
    const names = verify(path).findings.map(({ file }) => file);
    expect(names).toEqual(expect.arrayContaining(['projections.csv', 'table2.md', 'table2.csv']));
  });

  it('finds files that are missing or were slipped in', () => {
    const path = tampered((files) => {
      files.delete('table5.tex');
      files.set('extra.txt', strToU8('x'));
    });
    const findings = verify(path).findings.map(({ file, problem }) => `${file}: ${problem}`);
    expect(findings).toContain('extra.txt: It is there and not listed.');
    expect(findings.filter((text) => text.startsWith('table5.tex')).length).toBe(2);
  });

  it.each([
    ['a missing file', join(folder, 'nowhere.zip'), 'BUNDLE_MISSING'],
    ['a file that is no zip', join(folder, 'text.zip'), 'BUNDLE_INVALID'],
    ['a zip of something else', join(folder, 'other.zip'), 'BUNDLE_INVALID'],
  ])('refuses %s with a way out', (_, path, code) => {
    writeFileSync(join(folder, 'text.zip'), 'hello');
    writeFileSync(join(folder, 'other.zip'), zipSync({ 'a.txt': strToU8('a') }));
    expect(() => verify(path)).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining('report --bundle') as string }),
    );
  });
});

describe('the runs of a bundle', () => {
  it('are unpacked as regular files of known names, and nothing leads out of the folder', () => {
    const target = mkdtempSync(join(folder, 'runs-'));
    const evil = tampered((files) => {
      for (const name of ['runs/../../escaped', 'runs/ab/../../escaped', 'runs/ab/unknown.sh', 'runs/xyz/result.json'])
        files.set(name, strToU8('no'));
      files.set('runs/ab12/result.json', strToU8('{}'));
    });
    expect(unpackRuns(evil, target)).toBe(2);
    expect(readdirSync(join(target, 'ab12'))).toEqual(['result.json']);
    expect(readdirSync(target).toSorted()).toEqual(['ab12', firstJob?.id ?? ''].toSorted());
    expect(existsSync(join(folder, 'escaped'))).toBe(false);
  });
});

describe('redaction', () => {
  const redact = redactor({
    users: ['alice', 'root'],
    hosts: ['node7.cluster', 'node7'],
    homes: ['/home/alice'],
    project: '/srv/warpnet',
  });
  it.each([
    ['/srv/warpnet/harness', '<project>/harness'],
    ['/home/alice/data and /home/bob/data', '~/data and ~/data'],
    ['alice@node7.cluster, node7', 'user@host-1, host-2'],
    ['malice, node71, root cause', 'malice, node71, root cause'],
    ['{"node7": "node7"}', '{"node7": "host-2"}'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe('comparing', () => {
  it('tells change from noise, and what differed', () => {
    writeReports(context);
    const slower = new Map(
      [...outcomes].map(([id, outcome]) => {
        const { result } = outcome;
        if (result?.kind !== timing.kind) return [id, outcome];
        const rows = result.rows.map((row, index) => ({
          ...row,
          milliseconds: row.milliseconds.map((value) => (index === 0 ? value : value * 1.2)),
        }));
        return [id, { result: { ...result, rows, environment: { ...result.environment, cpu: 'Another CPU' } } }];
      }),
    );
    const other = { ...context, outcomes: slower, folder: join(folder, 'quick', 'other') };
    writeReports(other);
    const comparison = compareReports(context.folder, other.folder);
    const speeds = comparison.changes.filter(({ place }) => place.metric === 'rs');
    expect(speeds.length).toBeGreaterThan(0);
    expect(speeds.every(({ difference, beyondNoise }) => difference < -10 && beyondNoise === true)).toBe(true);
    expect(comparison.changes.filter(({ place }) => place.metric === 'error')).toEqual([]);
    expect(comparison.settings).toContainEqual({ name: 'CPU', a: 'Some CPU', b: 'Another CPU; Some CPU' });
    expect(comparisonText(comparison)).toMatch(/by more than noise/u);
  });

  it('takes bundles as well as folders, and finds a report equal to its bundle', () => {
    const { changes, equal, onlyA, onlyB } = compareReports(context.folder, zip);
    expect([changes, onlyA, onlyB]).toEqual([[], [], []]);
    expect(equal).toBeGreaterThan(20);
  });

  it('refuses a folder without a report', () => {
    expect(() => compareReports(folder, zip)).toThrow(expect.objectContaining({ code: 'REPORT_EMPTY' }));
    expect(() => compareReports(join(folder, 'nowhere'), zip)).toThrow(
      expect.objectContaining({ code: 'REPORT_MISSING' }),
    );
  });
});
