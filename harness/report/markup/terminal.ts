/** Plain text for a terminal, and the yardstick for the other formats in tests. */
import { tidy } from '../../core/safe-text.js';
import type { Markup } from './markup.js';

/** Raised letters keep a mark apart from a number without a column of its own; there is no raised q. */
const raised = 'ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖqʳˢᵗᵘᵛʷˣʸᶻ';
const raise = (mark: string): string =>
  Array.from(mark, (letter) => Array.from(raised)[letter.charCodeAt(0) - 97] ?? letter).join('');

export const terminal: Markup = {
  text: tidy,
  bold: (inner) => inner,
  italic: (inner) => inner,
  marks: (marks) => marks.map(raise).join('·'),
  layout: tidy,
  symbol: (_, name) => name,
  dash: '–',
  dagger: '†',
  doubleDagger: '‡',
};
