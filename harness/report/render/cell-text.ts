/** How one cell reads, in any markup: `25.6 ± 0.9 (24 ± 3%)`. */
import { armDigits, valueDigits, valueWithArm } from '../evaluate/digits.js';
import type { Markup } from '../markup/markup.js';
import type { Cell, Footnotes } from '../model.js';
import type { Provenance, Quantity } from '../evaluate/quantity.js';

/** Bold for the best, italics and a dagger for projections, a double one for what is modelled. */
function decorate(quantity: Quantity, digits: string, markup: Markup): string {
  const daggers: Partial<Record<Provenance, string>> = { projected: markup.dagger, modelled: markup.doubleDagger };
  const dagger = daggers[quantity.provenance];
  const set = dagger === undefined ? digits : `${markup.italic(digits)}${dagger}`;
  return quantity.best ? markup.bold(set) : set;
}

function one(quantity: Quantity, footnotes: Footnotes, markup: Markup, digits: string | null): string {
  const marks = markup.marks(footnotes.marksOf(quantity.notes));
  return `${digits === null ? markup.dash : decorate(quantity, markup.text(digits), markup)}${marks}`;
}

function join(cell: Cell, footnotes: Footnotes, markup: Markup, digits: (quantity: Quantity) => string | null): string {
  if (cell.text !== null) return markup.text(cell.text);
  const [first, second] = cell.quantities;
  if (!first) return '';
  if (!second) return one(first, footnotes, markup, digits(first));
  if (first.value === null && second.value === null) {
    const marks = footnotes.marksOf([...new Set([...first.notes, ...second.notes])]);
    return `${markup.dash}${markup.marks(marks)}`;
  }
  return `${one(first, footnotes, markup, digits(first))} (${one(second, footnotes, markup, digits(second))})`;
}

/** Value and arm in one line. */
export const inlineCell = (cell: Cell, footnotes: Footnotes, markup: Markup): string =>
  join(cell, footnotes, markup, valueWithArm);

/** Values alone, as the paper sets them. */
export const valueLine = (cell: Cell, footnotes: Footnotes, markup: Markup): string =>
  join(cell, footnotes, markup, valueDigits);

/** The arms alone, for a smaller line below; empty where nothing has an interval. */
export function armLine(cell: Cell, markup: Markup): string {
  const arms = cell.quantities.map(armDigits);
  if (arms.every((arm) => arm === null)) return '';
  const [first, second] = arms.map((arm) => (arm === null ? '' : markup.text(`±${arm}`)));
  if (cell.quantities.length < 2) return first ?? '';
  return second ? `${first ?? ''} (${second})` : (first ?? '');
}
