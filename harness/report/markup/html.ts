/** HTML; every string that reaches a page passes here or through handlebars' own escaping. */
import { escapeHtml, tidy } from '../../core/safe-text.js';
import { layoutParts, type Markup } from './markup.js';

const layoutSigns = {
  plain: (text: string) => (/^[A-Za-z]$/u.test(text) ? `<var>${text}</var>` : text),
  index: (text: string) => `<sub>${text}</sub>`,
  prime: () => '′',
  times: () => '×',
} as const;

export const html: Markup = {
  text: escapeHtml,
  bold: (inner) => `<b>${inner}</b>`,
  italic: (inner) => `<i>${inner}</i>`,
  marks: (marks) => (marks.length === 0 ? '' : `<sup>${marks.map(escapeHtml).join(',')}</sup>`),
  layout: (value) => {
    const parts = layoutParts(tidy(value));
    return parts ? parts.map(({ kind, text }) => layoutSigns[kind](text)).join('') : escapeHtml(value);
  },
  symbol: ({ letter, index }) => `<var>${escapeHtml(letter)}</var><sub>${escapeHtml(index)}</sub>`,
  dash: '<span class="none">–</span>',
  dagger: '†',
  doubleDagger: '‡',
};
