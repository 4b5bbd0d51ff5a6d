/**
 * Tables of pages that are made from stored CSVs, whose cells are Markdown:
 * between `<!-- csv docs/readme/NAME.csv -->` and `<!-- /csv -->`. `npm run readme` writes them.
 */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/** Pages with such tables. */
export const pagesWithRegions = ['README.md', 'docs/disturbance.md'] as const;

const region = /(<!-- csv (\S+) -->\n)[^]*?(<!-- \/csv -->)/gu;

/** A number, with an interval, a unit, or set in italics or code or not. */
const isNumeric = (cell: string): boolean => /^[*`]?[−–-]?\s?\d/u.test(cell) || cell === '' || cell === '–';

function tableOf(csv: string): string {
  const [header = [], ...rows] = z.array(z.array(z.string())).parse(parse(csv));
  const rules = header.map((_, column) =>
    column > 0 && rows.every((row) => isNumeric(row[column] ?? '')) ? '--:' : ':--',
  );
  return [header, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** The files that regions name, in order. */
export const regionFiles = (readme: string): string[] => [...readme.matchAll(region)].map(([, , file = '']) => file);

/** A page with every region made again. @param textOf a file of the project by its path */
export const withRegions = (readme: string, textOf: (file: string) => string): string =>
  readme.replace(region, (_, begin: string, file: string, end: string) => `${begin}\n${tableOf(textOf(file))}\n${end}`);
