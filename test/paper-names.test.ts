import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inProject } from '../harness/core/project.js';
import { allAxes } from '../harness/plan/paper/paper.js';
import { paperNameFinder, paperNames } from '../lint/paper-names.mjs';
import { papers } from './support/papers.js';

const names = paperNames(inProject('experiments'));
const find = paperNameFinder(names);

it('the names of all papers are known to the rule', () => {
  // By folder there, in the order of papers here.
  const { all } = papers;
  expect(names.ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  expect(names.systems.toSorted()).toEqual(all.flatMap(({ systems }) => systems.map(({ name }) => name)).toSorted());
  expect(names.axes.toSorted()).toEqual(all.flatMap((paper) => Object.keys(allAxes(paper))).toSorted());
  expect(names.tables).toEqual(expect.arrayContaining(papers.all.flatMap(({ tables }) => tables)));
  expect(names.claims.length).toBeGreaterThan(0);
});

describe('a text names a paper', () => {
  it.each([
    "import('../experiments/warpnet/model/network.js')",
    '/** Of a WarpNet. */',
    'const warpnet1Steps = 3;',
    "family === 'wrn'",
    'network.kw',
    '{ Nwarp }',
    "specification['K']",
    'const { K: units } = network',
    "table.id === 'table2'",
    'claim.same-parameters',
  ])('%s', (text) => {
    expect(find(text)).not.toEqual([]);
  });

  it.each([
    "process.env['WARPNET_CACHE']",
    '`warpnet-tables` in the cache',
    'function pick<K extends string>(key: K): void',
    '`seeds` and `width` of a drawing',
    'const table = tables[2];',
  ])('but not %s', (text) => {
    expect(find(text)).toEqual([]);
  });
});

it('nothing under harness/, datasets/ and templates/ names a paper', () => {
  const folders = ['harness', 'datasets', 'templates'];
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', '--', ...folders], {
    cwd: inProject(),
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.(?:ts|mjs|js|hbs|css|yaml|json|md|py|sh)$/u.test(file));
  const found = files.flatMap((file) => {
    const text = readFileSync(inProject(file), 'utf8');
    // What WarpNet is made of, which is no name of a system, axis or table.
    const parts = [...text.matchAll(/warp.?(?:operator|layer)/giu)].map(({ 0: name, index }) => ({ name, index }));
    return [...find(text), ...parts].map(
      ({ name, index }) => `${file}:${text.slice(0, index).split('\n').length} ${name}`,
    );
  });
  expect(files.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});
