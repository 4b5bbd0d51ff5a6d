/** How the LaTeX fragments of a report are set: options of `report`. */
import { Problem } from '../../core/problem.js';
import { sources, type Source } from '../../report/model.js';
import { decimalSettings, type LatexOptions } from '../../report/render/latex.js';
import type { ArgumentsOf, OptionTable } from '../command.js';

export const latexOptions = {
  caption: { type: 'string', describe: 'LaTeX: caption of the table, without its number' },
  label: { type: 'string', describe: 'LaTeX: label of the table (tab: and its id)' },
  wide: { type: 'boolean', default: false, describe: 'LaTeX: across both columns of a page (table*)' },
  decimals: {
    choices: decimalSettings,
    default: 'siunitx' as const,
    describe: 'LaTeX: what aligns numbers at the decimal point, the package siunitx or plain columns',
  },
  'figure-font': { type: 'string', describe: 'PDF figures: a font file, for papers in another than Computer Modern' },
  columns: { type: 'string', describe: 'LaTeX: printed, ours, modelled, by commas, for every quantity' },
} as const satisfies OptionTable;

/** Options of each table's fragment. @param named tables of the command line: a caption and a label are of one @throws Problem USAGE */
export function latexOptionsOf(
  args: ArgumentsOf<typeof latexOptions>,
  named: readonly string[],
): (table: string) => LatexOptions {
  const { caption, label, wide, decimals, columns } = args;
  const [only, ...more] = named.map((name) => name.split('/').at(-1));
  if ((caption !== undefined || label !== undefined) && (only === undefined || more.length > 0))
    throw new Problem('USAGE', 'A caption and a label are of one table', 'Name one table: `report TABLE --caption …`.');
  const shared = {
    wide,
    decimals,
    ...(columns === undefined ? {} : { columns: columns.split(',').map(sourceNamed) }),
  };
  const own = {
    ...(caption === undefined ? {} : { caption }),
    ...(label === undefined ? {} : { label }),
  };
  return (table) => (table === only ? { ...shared, ...own } : shared);
}

/** @throws Problem USAGE */
function sourceNamed(text: string): Source {
  const shown = sources.filter((source) => source !== 'other');
  const found = shown.find((source) => source === text.trim());
  if (found === undefined)
    throw new Problem('USAGE', `--columns does not know "${text.trim()}"`, `It takes ${shown.join(', ')}, by commas.`);
  return found;
}
