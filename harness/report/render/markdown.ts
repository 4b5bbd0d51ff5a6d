/** A table model as GitHub-flavoured Markdown. */
import { markdown as markup } from '../markup/markdown.js';
import { footnotesOf, type Footnotes, type HeadCell, type TableModel } from '../model.js';
import { inlineCell } from './cell-text.js';
import { fillTemplate } from './templates.js';

function headText({ kind, text, detail, notes }: HeadCell, footnotes: Footnotes): string {
  const shown = kind === 'layout' ? markup.layout(text) : markup.text(text);
  const more = detail === null ? '' : ` (${markup.text(detail)})`;
  return `${shown}${more}${markup.marks(footnotes.marksOf(notes))}`;
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Markdown of one table, with its footnotes and what is shown below it. */
export function renderMarkdown(model: TableModel): string {
  const footnotes = footnotesOf(model);
  const columns = model.columns.map(({ group, label }) => markup.text(`${group}, ${label}`));
  return fillTemplate('table.md', {
    level: model.id.endsWith('-also') ? '###' : '##',
    name: markup.text(model.name),
    title: markup.text(model.title),
    banner: model.banner.map(markup.text),
    head: lineOf([...model.heads.map(markup.text), ...columns]),
    rule: lineOf([...model.heads.map(() => ':--'), ...columns.map(() => '--:')]),
    blocks: model.blocks.map(({ title, rows }) => ({
      title: title === null ? null : markup.text(title),
      rows: rows.map(({ heads, cells }) =>
        lineOf([
          ...heads.map((head) => headText(head, footnotes)),
          ...cells.map((cell) => inlineCell(cell, footnotes, markup)),
        ]),
      ),
    })),
    notes: footnotes.notes.map(({ mark, text }) => ({ mark, text: markup.text(text) })),
    remarks: model.remarks.map(markup.text),
    also: model.also ? renderMarkdown(model.also) : null,
  });
}
