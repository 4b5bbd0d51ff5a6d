/** The numbers of README.md and other pages are those of stored CSVs. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pagesWithRegions, regionFiles, withRegions } from '../bench/readme-regions.js';
import { inProject } from '../harness/core/project.js';

const textOf = (file: string): string => readFileSync(inProject(file), 'utf8');
const pages = pagesWithRegions.map((page) => ({ page, text: textOf(page) }));

describe.each(pages)('$page', ({ text }) => {
  it('has the tables of its CSVs; `npm run readme` writes them', () => {
    expect(withRegions(text, textOf)).toBe(text);
  });

  it('has no table of numbers without a CSV', () => {
    const outside = text.replace(/<!-- csv [^]*?<!-- \/csv -->/gu, '');
    expect(outside).not.toMatch(/^\|.*--:/mu);
  });
});

it('every stored CSV is shown', () => {
  const stored = readdirSync(inProject('docs', 'readme')).map((name) => `docs/readme/${name}`);
  expect(pages.flatMap(({ text }) => regionFiles(text)).toSorted()).toEqual(stored.toSorted());
});

describe('a region', () => {
  const page = 'a\n<!-- csv x.csv -->\nold\n<!-- /csv -->\nb\n';
  const table = (csv: string): string => withRegions(page, () => csv);

  it('is the CSV as a table, numbers to the right', () => {
    expect(table('network,RS\nWRN,0.7 ± 2.7%\nWarpNet1,−5\n')).toBe(
      'a\n<!-- csv x.csv -->\n\n| network | RS |\n| :-- | --: |\n| WRN | 0.7 ± 2.7% |\n| WarpNet1 | −5 |\n\n<!-- /csv -->\nb\n',
    );
  });

  it('drifts where a number of the CSV changes', () => {
    const before = table('n,RS\na,1\n');
    expect(withRegions(before, () => 'n,RS\na,1\n')).toBe(before);
    expect(withRegions(before, () => 'n,RS\na,2\n')).not.toBe(before);
  });
});
