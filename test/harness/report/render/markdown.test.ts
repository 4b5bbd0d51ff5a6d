import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import type { Markup } from '../../../../harness/report/markup/markup.js';
import { terminal } from '../../../../harness/report/markup/terminal.js';
import { footnotesOf, type TableModel } from '../../../../harness/report/model.js';
import { inlineCell } from '../../../../harness/report/render/cell-text.js';
import { renderMarkdown } from '../../../../harness/report/render/markdown.js';
import { everyTable, fixture, modelOf } from '../fixtures.js';

/** Plain text with marks as the page shows them. */
const asSeen: Markup = { ...terminal, marks: (marks) => (marks.length === 0 ? '' : ` ${marks.join(',')}`) };

const reader = new MarkdownIt({ html: true });

/** Text that a reader of the rendered page sees in each table cell, row by row, headers left out. */
function renderedJobs(markdown: string): string[][] {
  const rows: string[][] = [];
  let inBody = false;
  for (const token of reader.parse(markdown, {})) {
    if (token.type === 'tbody_open') inBody = true;
    if (token.type === 'tbody_close') inBody = false;
    if (token.type === 'tr_open' && inBody) rows.push([]);
    if (token.type !== 'inline' || !inBody) continue;
    // <sup> is the only HTML that we write.
    const text = (token.children ?? []).map((child) =>
      child.type === 'html_inline' ? (child.content === '<sup>' ? ' ' : '') : child.content,
    );
    rows.at(-1)?.push(text.join('').trim());
  }
  return rows;
}

const expectedCells = (model: TableModel): string[][] => {
  const footnotes = footnotesOf(model);
  const own = model.blocks.flatMap(({ rows }) =>
    rows.map(({ cells }) => cells.map((cell) => inlineCell(cell, footnotes, asSeen).trim())),
  );
  return model.also ? [...own, ...expectedCells(model.also)] : own;
};

const quick = fixture();

describe('Markdown', () => {
  it.each(everyTable)('of %s renders to the numbers of its model', (id) => {
    const model = modelOf(quick, id);
    const rendered = renderedJobs(renderMarkdown(model)).map((row) => row.slice(model.heads.length));
    // The table below another has as many heads as the one above.
    expect(rendered).toEqual(expectedCells(model));
  });

  it('sets projections in italics with a dagger, and footnotes below', () => {
    const text = renderMarkdown(modelOf(quick, 'table3'));
    expect(text).toMatch(/\*3\d ± 7%\*†<sup>/u);
    expect(text).toMatch(/<sup>\w<\/sup> Projected from op times/u);
  });
});
