/**
 * A table at a glance as LaTeX: a fragment for `\input` into a paper of one or two columns (booktabs, and siunitx unless
 * plain columns are asked for), and a document of all of them.
 */
import type { Glance, GlanceCell, GlanceRow } from '../glance/glance-model.js';
import { glanceOf } from '../glance/glance.js';
import type { GlanceOptions } from '../glance/columns.js';
import { latex as markup } from '../markup/latex.js';
import { withSymbols } from '../markup/markup.js';
import type { AxisSymbols, HeadCell, TableModel } from '../model.js';
import { numberText } from './number-text.js';
import { fillTemplate } from './templates.js';

/** How numbers stand under each other at the decimal point: the package siunitx, or no package. */
export const decimalSettings = ['siunitx', 'plain'] as const;

export interface LatexOptions extends GlanceOptions {
  /** Without the number, which is the document's. */
  readonly caption?: string;
  /** For `\ref`; by default `tab:` and the table's id. */
  readonly label?: string;
  /** Across both columns of a page that has two. */
  readonly wide?: boolean;
  readonly decimals?: (typeof decimalSettings)[number];
}

const fieldEnd = ' \\\\';
const lineOf = (fields: readonly string[]): string => `${fields.join(' & ')}${fieldEnd}`;

/** A column of numbers takes two of LaTeX's: up to the decimal point or the last digit, and what follows. */
interface NumberColumn {
  readonly specification: string;
  readonly fieldsOf: (cell: GlanceCell | string | null) => string;
}

const numeric = /^(−?)(\d+)(?:\.(\d+))?$/u;

function after({ quantity, marks }: GlanceCell): string {
  const { value, arm } = numberText(quantity);
  const interval = value === null || arm === null ? '' : `\\,{\\scriptsize\\ensuremath{\\pm}${arm}}`;
  return `${interval}${markup.marks(marks)}`;
}

function numberColumn(cells: readonly (GlanceCell | string | null)[], decimals: string): NumberColumn {
  const valueOf = (cell: GlanceCell | string | null): string | null =>
    cell === null ? '' : typeof cell === 'string' ? cell : numberText(cell.quantity).value;
  const found = cells.map((cell) => numeric.exec(valueOf(cell) ?? ''));
  const most = (part: 1 | 2 | 3): number => Math.max(0, ...found.map((match) => (match?.[part] ?? '').length));
  const isNumeric = cells.some((cell, at) => typeof cell === 'object' && cell !== null && found[at] !== null);
  const rest = (cell: GlanceCell | string | null): string =>
    cell === null || typeof cell === 'string' ? '' : after(cell);
  const words = (cell: GlanceCell | string | null): string => {
    const value = valueOf(cell);
    return value === null ? markup.dash : markup.text(value);
  };
  if (isNumeric && decimals === 'siunitx')
    return {
      specification: `S[table-format=${most(1) > 0 ? '-' : ''}${most(2)}.${most(3)}]@{}l`,
      fieldsOf: (cell) => {
        const value = valueOf(cell) ?? '';
        const shown = numeric.test(value)
          ? value.replace('−', '-')
          : value === '' && cell === null
            ? ''
            : `{${words(cell)}}`;
        return `${shown} & ${rest(cell)}`;
      },
    };
  return {
    specification: 'r@{}l',
    fieldsOf: (cell) => {
      const match = numeric.exec(valueOf(cell) ?? '');
      if (match === null) return `${words(cell)} & ${rest(cell)}`;
      const [, sign = '', whole = '', fraction] = match;
      return `${sign === '' ? '' : '\\ensuremath{-}'}${whole} & ${fraction === undefined ? '' : `.${fraction}`}${rest(cell)}`;
    },
  };
}

function headText({ kind, text }: HeadCell, symbols: AxisSymbols): string {
  if (kind === 'layout') return markup.layout(text);
  return kind === 'network' ? withSymbols(text, symbols, markup) : markup.text(text);
}

/** Columns side by side of one group stand under one head. */
function headLines({ heads, columns, symbols }: Glance): string[] {
  const groups: { name: string; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.name === group) last.span++;
    else groups.push({ name: group, span: 1 });
  }
  let column = heads.length + 1;
  const rules = groups.map(({ span }) => {
    const rule = `\\cmidrule(lr){${column}-${column + 2 * span - 1}}`;
    column += 2 * span;
    return rule;
  });
  const spanned = (span: number, text: string): string => `\\multicolumn{${span}}{c}{${text}}`;
  return [
    lineOf([
      ...heads.map(() => ''),
      ...groups.map(({ name, span }) => spanned(2 * span, withSymbols(name, symbols, markup))),
    ]),
    rules.join(''),
    lineOf([...heads.map(markup.text), ...columns.map(({ label }) => spanned(2, columnTitle(label)))]),
  ];
}

/** `ours (released-code)` in short lines. */
function columnTitle(label: string): string {
  const [, before, inside] = /^(\w+) \((.*)\)$/u.exec(label) ?? [];
  if (before === undefined || inside === undefined) return markup.text(label);
  return `\\shortstack{${[before, ...inside.split(', ')].map(markup.text).join('\\\\')}}`;
}

function blockView(
  { title, rows }: Glance['blocks'][number],
  columns: readonly NumberColumn[],
  { heads, symbols }: Glance,
): object {
  const lineOfRow = (row: GlanceRow): string =>
    lineOf([
      ...row.heads.map((head) => headText(head, symbols)),
      ...columns.map(({ fieldsOf }, at) => fieldsOf(row.cells[at] ?? null)),
    ]);
  const width = heads.length + 2 * columns.length;
  return {
    // Without a width of its own, a long title stretches no column.
    title:
      title === null
        ? null
        : `\\multicolumn{${width}}{@{}l}{\\makebox[0pt][l]{\\itshape ${withSymbols(title, symbols, markup)}}}${fieldEnd}`,
    lines: rows.map(lineOfRow),
  };
}

/** A table of the paper says which it is; a matrix of a user's own has no other. */
const captionOf = ({ id, name, title }: Glance, citation: string): string =>
  name === id ? title : `${name} of ${citation}, reproduced. ${title}`;

/** What `\label` takes. */
const labelText = (label: string): string => label.replace(/[^\w:.-]/gu, '-');

/** @param citation of the paper whose table it is: `Fok et al. (2018)` */
export function renderLatex(model: TableModel, citation: string, options: LatexOptions = {}): string {
  const glance = glanceOf(model, options);
  const { decimals = 'siunitx', wide = false, label = `tab:${model.id}`, caption } = options;
  const cells = glance.blocks.flatMap(({ rows }) => rows);
  const columns = glance.columns.map((_, at) =>
    numberColumn(
      cells.map((row) => row.cells[at] ?? null),
      decimals,
    ),
  );
  return fillTemplate('table.tex', {
    packages: decimals === 'siunitx' ? 'booktabs,siunitx' : 'booktabs',
    environment: wide ? 'table*' : 'table',
    caption: markup.text(caption ?? captionOf(glance, citation)),
    label: labelText(label),
    size: columns.length > 4 ? '\\scriptsize' : '\\footnotesize',
    columns: `${'l'.repeat(glance.heads.length)}${columns.map(({ specification }) => specification).join('')}`,
    head: headLines(glance),
    blocks: glance.blocks.map((block) => blockView(block, columns, glance)),
    legend: glance.legend.map(markup.text),
  });
}

/** A document of its own with all tables, for pdflatex with no more than booktabs. */
export const renderLatexDocument = (
  models: readonly TableModel[],
  title: string,
  citation: string,
  options: LatexOptions = {},
): string =>
  fillTemplate('tables.tex', {
    title: markup.text(title),
    tables: models.map((model) => renderLatex(model, citation, { ...options, decimals: 'plain' })),
  });
