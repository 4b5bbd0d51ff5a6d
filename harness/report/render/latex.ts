/** A table model as LaTeX: a fragment for `\input` (booktabs, multirow) and a document of all of them. */
import { latex as markup } from '../markup/latex.js';
import { withSymbols } from '../markup/markup.js';
import {
  footnotesOf,
  type AxisSymbols,
  type Block,
  type Column,
  type Footnotes,
  type HeadCell,
  type TableModel,
} from '../model.js';
import { armLine, valueLine } from './cell-text.js';
import { fillTemplate } from './templates.js';

const fieldEnd = ' \\\\';
const lineOf = (fields: readonly string[]): string => `${fields.join(' & ')}${fieldEnd}`;

function headText({ kind, text }: HeadCell, symbols: AxisSymbols): string {
  if (kind === 'layout') return markup.layout(text);
  return kind === 'network' ? withSymbols(text, symbols, markup) : markup.text(text);
}

interface Setting {
  readonly footnotes: Footnotes;
  readonly symbols: AxisSymbols;
}

/** A second line goes under the first; without one, a head stands in the middle of both. */
function headFields(
  heads: readonly HeadCell[],
  { footnotes, symbols }: Setting,
  twoLines: boolean,
): { top: string; bottom: string }[] {
  return heads.map((head) => {
    const marks = markup.marks(footnotes.marksOf(head.notes));
    const top = `${headText(head, symbols)}${marks}`;
    if (head.detail !== null) return { top, bottom: `{\\scriptsize ${markup.text(head.detail)}}` };
    return { top: twoLines ? `\\multirow{2}{*}{${top}}` : top, bottom: '' };
  });
}

function rowLines({ heads, cells }: Block['rows'][number], setting: Setting): string[] {
  const { footnotes } = setting;
  const arms = cells.map((cell) => armLine(cell, markup));
  const twoLines = arms.some((arm) => arm !== '') || heads.some(({ detail }) => detail !== null);
  const fields = headFields(heads, setting, twoLines);
  const values = cells.map((cell, index) => {
    const value = valueLine(cell, footnotes, markup);
    return twoLines && arms[index] === '' && value !== '' ? `\\multirow{2}{*}{${value}}` : value;
  });
  const top = lineOf([...fields.map((field) => field.top), ...values]);
  if (!twoLines) return [top];
  const small = arms.map((arm) => (arm === '' ? '' : `{\\scriptsize ${arm}}`));
  return [top, `${lineOf([...fields.map((field) => field.bottom), ...small])}[2pt]`];
}

/** Columns of one group stand under one head. */
function groupsOf(columns: readonly Column[]): { group: string; span: number }[] {
  const groups: { group: string; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last && last.group === group) last.span++;
    else groups.push({ group, span: 1 });
  }
  return groups;
}

/** `ours (released-code, fused BN)` in three short lines. */
function columnTitle(label: string): string {
  const [, before, inside] = /^(\w+) \((.*)\)$/u.exec(label) ?? [];
  if (before === undefined || inside === undefined) return markup.text(label);
  return `\\shortstack{${[before, ...inside.split(', ')].map(markup.text).join('\\\\')}}`;
}

function headLines(model: TableModel): string[] {
  const groups = groupsOf(model.columns);
  let column = model.heads.length + 1;
  const rules = groups.map(({ span }) => {
    const rule = `\\cmidrule(lr){${column}-${column + span - 1}}`;
    column += span;
    return rule;
  });
  return [
    lineOf([
      ...model.heads.map(() => ''),
      ...groups.map(({ group, span }) => `\\multicolumn{${span}}{c}{${withSymbols(group, model.symbols, markup)}}`),
    ]),
    rules.join(' '),
    lineOf([...model.heads.map(markup.text), ...model.columns.map(({ label }) => columnTitle(label))]),
  ];
}

/** A tabular holds about a page; longer tables go on in another under the same caption. */
const rowsPerTabular = 16;

function pagesOf(blocks: readonly Block[]): Block[][] {
  const pages: Block[][] = [];
  let room = 0;
  for (const block of blocks) {
    for (let start = 0; start < Math.max(1, block.rows.length); start += rowsPerTabular) {
      const rows = block.rows.slice(start, start + rowsPerTabular);
      const piece = { title: start === 0 || block.title === null ? block.title : `${block.title} (continued)`, rows };
      if (rows.length + 1 > room) {
        pages.push([]);
        room = rowsPerTabular;
      }
      pages.at(-1)?.push(piece);
      room -= rows.length + (piece.title === null ? 0 : 1);
    }
  }
  return pages;
}

/** LaTeX of one table as a fragment; labels are `tab:<id>`. */
export function renderLatex(model: TableModel): string {
  const footnotes = footnotesOf(model);
  const setting = { footnotes, symbols: model.symbols };
  const width = model.heads.length + model.columns.length;
  return fillTemplate('table.tex', {
    caption: markup.text(`${model.name}: ${model.title}`),
    label: model.id.replace(/[^\w-]/gu, '-'),
    size: model.columns.length > 6 ? '\\scriptsize' : '\\footnotesize',
    columns: `${'l'.repeat(model.heads.length)}${'c'.repeat(model.columns.length)}`,
    head: headLines(model),
    pages: pagesOf(model.blocks).map((blocks) =>
      blocks.map(({ title, rows }, index) => ({
        first: index === 0,
        title: title === null ? null : `\\multicolumn{${width}}{l}{\\itshape ${markup.text(title)}}${fieldEnd}[1pt]`,
        lines: rows.flatMap((row) => rowLines(row, setting)),
      })),
    ),
    banner: model.banner.map(markup.text),
    notes: footnotes.notes.map(({ mark, text }) => ({ mark, text: markup.text(text) })),
    remarks: model.remarks.map(markup.text),
    also: model.also ? renderLatex(model.also) : null,
  });
}

/** A document of its own with all tables, for pdflatex. */
export const renderLatexDocument = (models: readonly TableModel[], title: string): string =>
  fillTemplate('tables.tex', { title: markup.text(title), tables: models.map(renderLatex) });
