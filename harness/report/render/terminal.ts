/** A table for the terminal: one line a number pair, so that it fits 80 columns however many protocols there are. */
import { terminal as markup } from '../markup/terminal.js';
import { footnotesOf, type Block, type Footnotes, type TableModel } from '../model.js';
import { inlineCell } from './cell-text.js';

/** Columns a string takes; what the tables hold is one column a character. */
const widthOf = (text: string): number => Array.from(text).length;
const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(indent) + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

/** Rows of a block: a line a network, then a line a source (`printed`, `ours (…)`), its cells under the groups. */
function blockLines(model: TableModel, block: Block, footnotes: Footnotes): string[] {
  const groups = [...new Set(model.columns.map(({ group }) => group))];
  const labels = [...new Set(model.columns.map(({ label }) => label))];
  const cellAt = (row: Block['rows'][number], group: string, label: string): string | undefined => {
    const index = model.columns.findIndex((column) => column.group === group && column.label === label);
    const cell = row.cells[index];
    return index < 0 || !cell ? undefined : inlineCell(cell, footnotes, markup);
  };
  const table = block.rows.map((row) => ({
    head: row.heads
      .filter(({ text }) => text !== '')
      .map(
        ({ text, detail, notes }) =>
          `${markup.text(text)}${detail ? ` (${markup.text(detail)})` : ''}${markup.marks(footnotes.marksOf(notes))}`,
      )
      .join('  '),
    lines: labels.map((label) => [label, ...groups.map((group) => cellAt(row, group, label) ?? '')]),
  }));
  const first = Math.max(...labels.map((label) => widthOf(label)));
  const widths = groups.map((group, index) =>
    Math.max(widthOf(group), ...table.flatMap(({ lines }) => lines.map((line) => widthOf(line[index + 1] ?? '')))),
  );
  const lineOf = (fields: readonly string[]): string =>
    fields
      .map((field, index) => padded(field, index === 0 ? first : (widths[index - 1] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    ...(block.title === null ? [] : [markup.text(block.title)]),
    `    ${lineOf(['', ...groups])}`,
    ...table.flatMap(({ head, lines }) => [`  ${head}`, ...lines.map((line) => `    ${lineOf(line)}`)]),
    '',
  ];
}

/** @param columns width of the terminal; only prose is wrapped, numbers never are. */
export function tableText(model: TableModel, columns = 80): string {
  const footnotes = footnotesOf(model);
  const lines = [
    ...wrapped(markup.text(`${model.name}: ${model.title}`), columns, ''),
    ...model.banner.flatMap((text) => wrapped(markup.text(text), columns, '  ! ')),
    '',
    ...model.blocks.flatMap((block) => blockLines(model, block, footnotes)),
    ...footnotes.notes.flatMap(({ mark, text }) => wrapped(`${mark}  ${markup.text(text)}`, columns, '  ')),
    ...model.remarks.flatMap((text) => wrapped(markup.text(text), columns, '  ')),
  ];
  const also = model.also ? `\n${tableText(model.also, columns)}` : '';
  return `${lines.join('\n')}\n${also}`;
}
