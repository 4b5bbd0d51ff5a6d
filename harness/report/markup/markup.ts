/** What differs between formats: how text is made inert, and how bold, italics, marks and layouts are written. */
import type { AxisSymbol, AxisSymbols } from '../model.js';

export interface Markup {
  /** Makes any string show as itself. */
  readonly text: (value: string) => string;
  readonly bold: (inner: string) => string;
  readonly italic: (inner: string) => string;
  /** Footnote marks after a number. */
  readonly marks: (marks: readonly string[]) => string;
  /** A layout in a paper's notation, `[F1] [F2, F2'x1]`. */
  readonly layout: (value: string) => string;
  /** An axis that stands for its value; `name` as matrices have it. */
  readonly symbol: (symbol: AxisSymbol, name: string) => string;
  /** Where there is no number. */
  readonly dash: string;
  /** After a projected number. */
  readonly dagger: string;
  /** After a modelled number. */
  readonly doubleDagger: string;
}

export interface LayoutPart {
  readonly kind: 'plain' | 'index' | 'prime' | 'times';
  readonly text: string;
}

/**
 * The pieces of a layout that is written in symbols, for typesetting: letters with indices and primes in brackets, a number
 * of copies before an `x`. Null for anything else, such as words.
 */
export function layoutParts(value: string): LayoutPart[] | null {
  if (value === '' || !/^[\d\s,[\]A-Za-z']*$/u.test(value) || /[A-Za-z]{2}/u.test(value)) return null;
  return [...value.matchAll(/([A-Za-z])(\d+)|'|[A-Za-z]|[^A-Za-z']+/gu)].flatMap(
    ([text, letter, index]): LayoutPart[] => {
      if (letter !== undefined && index !== undefined) {
        return [
          { kind: 'plain', text: letter },
          { kind: 'index', text: index },
        ];
      }
      return [{ kind: text === "'" ? 'prime' : text === 'x' ? 'times' : 'plain', text }];
    },
  );
}

/** Text in which the names of axes are set as their symbols. */
export function withSymbols(text: string, symbols: AxisSymbols, markup: Markup): string {
  const names = Object.keys(symbols);
  if (names.length === 0) return markup.text(text);
  return text
    .split(new RegExp(`\\b(${names.join('|')})\\b`, 'u'))
    .map((part) => {
      const symbol = symbols[part];
      return symbol === undefined ? between(part, markup) : markup.symbol(symbol, part);
    })
    .join('');
}

/** Text of which the spaces at both ends stay: a symbol stands beside it. */
function between(text: string, markup: Markup): string {
  const inner = text.trim();
  if (inner === '') return text === '' ? '' : ' ';
  return `${/^\s/u.test(text) ? ' ' : ''}${markup.text(inner)}${/\s$/u.test(text) ? ' ' : ''}`;
}
