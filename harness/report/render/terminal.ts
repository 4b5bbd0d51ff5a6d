/** A table for the terminal: as on paper where that fits, else a line a source, which fits 80 columns with any number of protocols. */
import { terminal as markup } from '../markup/terminal.js';
import { footnotesOf, type Block, type Footnotes, type HeadCell, type TableModel } from '../model.js';
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

/** As the table is set on paper, where it fits; null where it is too wide. */
function wideLines(model: TableModel, columns: number, footnotes: Footnotes): string[] | null {
  const headText = ({ text, detail, notes }: HeadCell): string =>
    `${markup.text(text)}${detail ? ` (${markup.text(detail)})` : ''}${markup.marks(footnotes.marksOf(notes))}`;
  const rows = model.blocks.flatMap((block) => block.rows);
  const body = rows.map(({ heads, cells }) => [
    ...heads.map(headText),
    ...cells.map((cell) => inlineCell(cell, footnotes, markup)),
  ]);
  const labels = [...model.heads, ...model.columns.map(({ label }) => label)];
  const widths = labels.map((label, index) =>
    Math.max(widthOf(label), ...body.map((row) => widthOf(row[index] ?? ''))),
  );
  // A group's head must fit over its columns; the last of them gives way.
  model.columns.forEach(({ group }, index) => {
    if (model.columns[index + 1]?.group === group) return;
    const own = model.columns.flatMap((column, at) =>
      column.group === group && at <= index ? [model.heads.length + at] : [],
    );
    const room = own.reduce((sum, at) => sum + (widths[at] ?? 0) + 2, -2);
    const last = model.heads.length + index;
    widths[last] = (widths[last] ?? 0) + Math.max(0, widthOf(group) - room);
  });
  const lineOf = (fields: readonly string[]): string =>
    `  ${fields.map((field, index) => padded(field, widths[index] ?? 0)).join('  ')}`.trimEnd();
  let groups = '  ' + ' '.repeat(widths.slice(0, model.heads.length).reduce((sum, width) => sum + width + 2, 0));
  model.columns.forEach(({ group }, index) => {
    const starts = model.columns[index - 1]?.group !== group;
    const from = 2 + widths.slice(0, model.heads.length + index).reduce((sum, width) => sum + width + 2, 0);
    if (starts) groups = padded(groups, from) + group;
  });
  let next = 0;
  const blocks = model.blocks.flatMap((block) => {
    const own = body.slice(next, next + block.rows.length);
    next += block.rows.length;
    return [...(block.title === null ? [] : [`— ${markup.text(block.title)}`]), ...own.map(lineOf), ''];
  });
  const lines = [groups.trimEnd(), lineOf(labels), ...blocks];
  return lines.every((line) => widthOf(line) <= columns) ? lines : null;
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
    ...(block.title === null ? [] : [`— ${markup.text(block.title)}`]),
    `  ${lineOf(['', ...groups])}`,
    ...table.flatMap(({ head, lines }) => [head, ...lines.map((line) => `  ${lineOf(line)}`)]),
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
    ...(wideLines(model, columns, footnotes) ?? model.blocks.flatMap((block) => blockLines(model, block, footnotes))),
    ...footnotes.notes.flatMap(({ mark, text }) => wrapped(`${mark}  ${markup.text(text)}`, columns, '  ')),
    ...model.remarks.flatMap((text) => wrapped(markup.text(text), columns, '  ')),
  ];
  const also = model.also ? `\n${tableText(model.also, columns)}` : '';
  return `${lines.join('\n')}\n${also}`;
}
