/** GitHub-flavoured Markdown. */
import { tidy } from '../../core/safe-text.js';
import type { Markup } from './markup.js';

/** Entities for what HTML reads, a backslash for what can start markup inside a line or a table cell. */
export const escapeMarkdown = (value: string): string =>
  tidy(value)
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;')
    .replace(/[\\`*_[\]|~$@]/gu, '\\$&');

const code = (value: string): string => {
  const clean = tidy(value);
  return /^[\w\s,[\]'()]*$/u.test(clean) && clean !== '' ? `\`${clean}\`` : escapeMarkdown(clean);
};

export const markdown: Markup = {
  text: escapeMarkdown,
  bold: (inner) => `**${inner}**`,
  italic: (inner) => `*${inner}*`,
  marks: (marks) => (marks.length === 0 ? '' : `<sup>${marks.join(',')}</sup>`),
  layout: code,
  symbol: (_, name) => escapeMarkdown(name),
  dash: '–',
  dagger: '†',
  doubleDagger: '‡',
};
