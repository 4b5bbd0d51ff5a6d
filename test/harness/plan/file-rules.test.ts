import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSeeds } from '../../../harness/cli/options/seeds.js';
import { Problem } from '../../../harness/core/problem.js';
import { fullProfileSchema } from '../../../harness/plan/profile/profile-file.js';
import { parseWith } from '../../../harness/plan/yaml/schema-problem.js';
import { YamlDocument } from '../../../harness/plan/yaml/yaml-document.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';

const experiments = warpnetFolder();
const folder = mkdtempSync(join(tmpdir(), 'rules-'));
const file = join(folder, 'my.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, place } = error;
    return `${place === undefined ? '' : `${place.line}:${place.column} `}${code} ${message}`;
  }
  return 'accepted';
}

/** What is said of a matrix file with this content. */
function matrix(content: string | Uint8Array): string {
  writeFileSync(file, content);
  return refused(() => warpnetFolder().matrixAt(file));
}

const table = (lines: string, id = 'mine'): string => `id: ${id}
title: Mine
measure: [error]
axes: { dataset: [cifar10], K: [2], Nwarp: [3], kw: [4], network: [WRN] }
${lines}`;

describe('a value that would count twice is refused at the second', () => {
  it('of the seeds of a table', () => {
    expect(matrix(table('seeds: [0, 1, 0]\n'))).toBe('5:15 VALUE_INVALID 0 is here twice');
  });

  it('of the seeds of a profile', () => {
    const text = readFileSync(join(experiments.folder, 'profiles', 'paper.yaml'), 'utf8');
    const profile = (content: string) =>
      refused(() => parseWith(fullProfileSchema(warpnet), YamlDocument.parse(content, 'paper.yaml')));
    expect(profile(text)).toBe('accepted');
    expect(profile(text.replace(/^seeds: .*$/m, 'seeds: [3, 3]'))).toMatch(/^\d+:12 VALUE_INVALID 3 is here twice$/);
  });

  it('of the seeds of the command line', () => {
    expect(refused(() => parseSeeds('0,1,0'))).toBe('SEEDS_INVALID --seeds 0,1,0: 0 is here twice');
    for (const text of ['0', '1001', '-1', '1.5', 'a', '', ','])
      expect(refused(() => parseSeeds(text))).toContain('SEEDS_INVALID');
    expect([parseSeeds('3'), parseSeeds('7,'), parseSeeds('0,7')]).toEqual([[0, 1, 2], [7], [0, 7]]);
  });

  it.each([
    ['kw: [4]', 'kw: [4, 4]', '4:57 VALUE_INVALID 4 is here twice'],
    ['dataset: [cifar10]', 'dataset: [cifar10, cifar10]', '4:28 VALUE_INVALID cifar10 is here twice'],
    ['measure: [error]', 'measure: [error, error]', '3:18 VALUE_INVALID error is here twice'],
  ])('of an axis or another list: %s', (from, to, expected) => {
    expect(matrix(table('').replace(from, to))).toBe(expected);
  });

  it('of the rows', () => {
    const row = '{ dataset: cifar10, K: 2, Nwarp: 3, kw: 4, network: WRN }';
    expect(matrix(table(`rows: [${row}]\n`))).toBe('5:8 ROW_TWICE This row is here twice');
    expect(matrix(table(`rows: [${row.replace('kw: 4', 'kw: 5')}]\n`))).toBe('accepted');
  });
});

describe('the name of a table', () => {
  it.each(['errors', 'timing', 'summary', 'tables', 'provenance', 'index', 'section', 'projections', 'fit'])(
    'is not %s, which the report needs',
    (id) => {
      expect(matrix(table('', id))).toBe(
        '1:5 VALUE_INVALID A file of the report has this name; give the table another',
      );
    },
  );

  it.each(['Mine', 'a/b', '..', 'a b', '-a', 'é', "''"])('is not %s', (id) => {
    expect(matrix(table('', id))).toMatch(/^1:5 VALUE_INVALID /);
  });

  it('may begin with a digit', () => {
    expect(matrix(table('', '4-units'))).toBe('accepted');
  });
});

describe('a network that no job could store is refused where its row is', () => {
  it('as a written row and as a combination of axes', () => {
    const row = 'rows:\n  - { dataset: cifar10, K: 6, Nwarp: 100, kw: 1, network: WRN }\n';
    expect(matrix(table(row))).toMatch(/^6:5 SPECIFICATION_INVALID unitsPerStage: /);
    expect(matrix(table('').replace('K: [2], Nwarp: [3]', 'K: [6], Nwarp: [100]'))).toMatch(
      /^4:\d+ SPECIFICATION_INVALID unitsPerStage: /,
    );
  });
});

describe('a file that is no plain YAML is refused in our words', () => {
  it('in another encoding', () => {
    expect(matrix(Buffer.from(table('notes: [größer]\n'), 'latin1'))).toBe('5:11 ENCODING_UNKNOWN This is not UTF-8');
    expect(matrix(Buffer.from(`\uFEFF${table('')}`, 'utf16le'))).toContain('ENCODING_UNKNOWN');
    expect(matrix(`\uFEFF${table('notes: [größer]\n')}`)).toBe('accepted');
  });

  it('with merge keys, keys that repeat, and aliases of nothing', () => {
    const merged = 'defaults: &a { K: 2 }\nrows:\n  - { <<: *a, kw: 1 }\n';
    expect(matrix(table(merged))).toBe('7:7 YAML_INVALID Merge keys (<<) are not read');
    expect(matrix(table('notes: [a]\nnotes: [b]\n'))).toBe('6:1 YAML_INVALID The key "notes" is here twice');
    expect(matrix(table('notes: *b\n'))).toBe('5:8 YAML_INVALID Nothing before this is called &b');
  });

  it.each([
    ['aliases as values', table(`notes:\n  - &a x\n${'  - *a\n'.repeat(5000)}`), /aliases/],
    ['aliases as keys', `a: &a x\n${'*a : 1\n'.repeat(5000)}`, /YAML_INVALID/],
    ['keys that multiply', bomb(12), /YAML_INVALID/],
    ['brackets in brackets', table(`notes: ${'['.repeat(50_000)}`), /YAML_INVALID/],
    ['keys in one map', Array.from({ length: 50_000 }, (_, index) => `k${index}: 1`).join('\n'), /KEY_UNKNOWN/],
    ['bytes', table(`notes: [${'x'.repeat(1_000_001)}]\n`), /FILE_TOO_LARGE/],
  ])('with very many %s, in a moment', (_, content, expected) => {
    const before = process.cpuUsage();
    expect(matrix(content)).toMatch(expected);
    const { user, system } = process.cpuUsage(before);
    // Processor time, which other work on the machine does not add to; 5,000 alias keys took 26 s.
    expect((user + system) / 1e6).toBeLessThan(3);
  });

  it('a matrix of more rows than anybody reads', () => {
    const numbers = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');
    const axes = table('').replace('Nwarp: [3], kw: [4]', `Nwarp: [${numbers(100)}], kw: [${numbers(64)}]`);
    expect(matrix(axes)).toBe('accepted');
    const all = '[cifar10, cifar100, imagenet32, synthetic]';
    expect(matrix(axes.replace('[cifar10]', all))).toBe('4:1 ROWS_TOO_MANY These axes make 25600 rows');
  });

  it('what is no regular file', () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, '/dev/zero', folder])
      expect(refused(() => experiments.matrixAt(path))).toContain('FILE_UNREADABLE');
  });
});

/** Each list holds the one before nine times. */
function bomb(levels: number): string {
  const lists = Array.from(
    { length: levels },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => `*a${level}`).join(', ')}]`,
  );
  return ['a0: &a0 [x]', ...lists].join('\n');
}
