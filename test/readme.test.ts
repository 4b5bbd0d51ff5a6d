/** The numbers of README.md are those of stored CSVs. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { regionFiles, withRegions } from '../bench/readme-regions.js';
import { inProject } from '../harness/core/project.js';

const readme = readFileSync(inProject('README.md'), 'utf8');
const textOf = (file: string): string => readFileSync(inProject(file), 'utf8');

describe('README.md', () => {
  it('has the tables of its CSVs; `npm run readme` writes them', () => {
    expect(withRegions(readme, textOf)).toBe(readme);
  });

  it('shows every stored CSV, and has no table of numbers without one', () => {
    const stored = readdirSync(inProject('docs', 'readme')).map((name) => `docs/readme/${name}`);
    expect(regionFiles(readme).toSorted()).toEqual(stored.toSorted());
    const outside = readme.replace(/<!-- csv [^]*?<!-- \/csv -->/gu, '');
    expect(outside).not.toMatch(/^\|.*--:/mu);
  });
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
