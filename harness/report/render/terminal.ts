/** A table for the terminal, at a glance: as many blocks as fit a screen of 24 lines, the first at least, and where the rest is. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Glance, GlanceCell } from '../glance/glance-model.js';
import { glanceOf } from '../glance/glance.js';
import { terminal as markup } from '../markup/terminal.js';
import type { TableModel } from '../model.js';
import { counted } from '../words.js';
import { numberText } from './number-text.js';

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)));

/** Words that do not fit go to the next line, under the first letter. */
const wrapped = (text: string, columns: number, indent: string): string[] =>
  wrapAnsi(markup.text(text), columns - indent.length, { trim: true })
    .split('\n')
    .map((line) => indent + line);

function cellText(cell: GlanceCell | string | null): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return markup.text(cell);
  const { value, arm } = numberText(cell.quantity);
  const digits = value === null ? markup.dash : arm === null ? value : `${value} ± ${arm}`;
  return `${digits}${markup.marks(cell.marks)}`;
}

type Line = readonly string[];

/** As wide as it must be; columns under one head are as wide as the head. */
function tableLines({ heads, columns, blocks: [block] }: Glance): string[] {
  const body: Line[] = (block?.rows ?? []).map((row) => [
    ...row.heads.map(({ text }) => markup.text(text)),
    ...row.cells.map(cellText),
  ]);
  const labels = [...heads, ...columns.map(({ label }) => label)];
  const widths = labels.map((label, at) =>
    Math.max(stringWidth(label), ...body.map((line) => stringWidth(line[at] ?? ''))),
  );
  const groups: { name: string; from: number; to: number }[] = [];
  columns.forEach(({ group }, index) => {
    const at = heads.length + index;
    const last = groups.at(-1);
    if (last?.name === group) last.to = at;
    else groups.push({ name: group, from: at, to: at });
  });
  const room = (from: number, to: number): number =>
    widths.slice(from, to + 1).reduce((sum, width) => sum + width + 2, -2);
  // The last column of a group gives way to a longer head.
  for (const { name, from, to } of groups)
    widths[to] = (widths[to] ?? 0) + Math.max(0, stringWidth(name) - room(from, to));
  const lineOf = (fields: Line): string =>
    `  ${fields.map((field, at) => padded(field, widths[at] ?? 0)).join('  ')}`.trimEnd();
  const groupLine = `  ${padded('', room(0, heads.length - 1))}  ${groups.map(({ name, from, to }) => padded(name, room(from, to))).join('  ')}`;
  return [groupLine.trimEnd(), lineOf(labels), ...body.map(lineOf)];
}

/** Where it is too wide: a line a number. */
const stackedLines = ({ heads, columns, blocks: [block] }: Glance): string[] =>
  (block?.rows ?? []).flatMap((row) => [
    `  ${row.heads.map(({ text }, at) => (at === 0 ? markup.text(text) : `${heads[at] ?? ''} ${markup.text(text)}`)).join('  ')}`,
    ...row.cells.flatMap((cell, at) => {
      const text = cellText(cell);
      const { group = '', label = '' } = columns[at] ?? {};
      return text === '' || text === markup.dash ? [] : [`    ${group}, ${label}: ${text}`];
    }),
  ]);

/** Lines of a screen. */
const screen = 24;

/** What of a table is not shown, and where it is. */
function restLine(more: number, cut: boolean, where: string | null): string[] {
  const what = [
    ...(more > 0 ? [counted(more, ['more block', 'more blocks'])] : []),
    ...(cut ? ['the rest of this one'] : []),
  ];
  const parts =
    what.length === 0 ? 'Every protocol and all footnotes' : `${what.join(' and ')}, every protocol and all footnotes`;
  return where === null ? [] : [`${parts}: ${where}`];
}

/** The glance's only block, under its title. */
function blockLines(glance: Glance, columns: number): string[] {
  const title = glance.blocks[0]?.title ?? null;
  const wide = tableLines(glance);
  return [
    ...(title === null ? [] : [`  ${markup.text(title)}`]),
    ...(wide.every((line) => stringWidth(line) <= columns) ? wide : stackedLines(glance)),
  ];
}

/**
 * @param columns width of the terminal; prose is wrapped
 * @param where the file that has all of it
 */
export function tableText(model: TableModel, columns = 80, where: string | null = null): string {
  const glance = glanceOf(model, { ours: true });
  const head = wrapped(`${glance.name}: ${glance.title}`, columns, '').slice(0, 2);
  const [first = [], ...others] = glance.blocks.map((block) => blockLines({ ...glance, blocks: [block] }, columns));
  const legend = glance.legend.flatMap((line) => wrapped(line, columns, '  '));
  // One line says where the rest is, and the prompt takes one.
  const room = screen - 2 - head.length;
  const body = [...first];
  let more = others.length;
  for (const lines of others) {
    if (body.length + lines.length + legend.length > room) break;
    body.push(...lines);
    more -= 1;
  }
  const rest = restLine(more, body.length > room, where);
  const shown = [...body.slice(0, room), ...legend.slice(0, Math.max(0, room - body.length))];
  return [...head, ...shown, ...rest, ''].join('\n');
}
