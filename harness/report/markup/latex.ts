/** LaTeX for pdflatex with no more than booktabs and multirow. */
import { tidy } from '../../core/safe-text.js';
import { layoutParts, type Markup } from './markup.js';

const specials: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\ensuremath{<}',
  '>': '\\ensuremath{>}',
  '|': '\\ensuremath{|}',
  '"': "''",
  '`': '\\textquoteleft{}',
  '[': '{[}',
  ']': '{]}',
  '−': '\\ensuremath{-}',
  '±': '\\ensuremath{\\pm}',
  '×': '\\ensuremath{\\times}',
  '→': '\\ensuremath{\\rightarrow}',
  '′': "\\ensuremath{'}",
  '≤': '\\ensuremath{\\leq}',
  '≥': '\\ensuremath{\\geq}',
  '·': '\\ensuremath{\\cdot}',
  µ: '\\ensuremath{\\mu}',
  '†': '\\ensuremath{\\dagger}',
  '‡': '\\ensuremath{\\ddagger}',
  '…': '\\ldots{}',
  '–': '--',
  '—': '---',
  '’': "'",
  '‘': '\\textquoteleft{}',
  '“': '\\textquotedblleft{}',
  '”': "''",
};

const combining: Readonly<Record<string, string>> = {
  '\u0300': '`',
  '\u0301': "'",
  '\u0302': '^',
  '\u0303': '~',
  '\u0308': '"',
  '\u0327': 'c ',
};

/** A character that the fonts of plain LaTeX can set, or its code point in words. */
function character(value: string): string {
  const known = specials[value];
  if (known !== undefined) return known;
  if (/^[\x20-\x7e]$/u.test(value)) return value;
  const [base, accent] = value.normalize('NFD');
  const command = accent === undefined ? undefined : combining[accent];
  if (command !== undefined && base !== undefined && /^[A-Za-z]$/u.test(base)) return `\\${command}{${base}}`;
  return `{[}U+${(value.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}{]}`;
}

/** Runs without a space that are longer than this may be broken. */
const longRun = 24;

function escapeWord(word: string): string {
  const units = Array.from(word);
  let escaped = '';
  units.forEach((unit, index) => {
    // `--` and `''` would become one sign each.
    if ((unit === '-' || unit === "'") && units[index - 1] === unit) escaped += '{}';
    escaped += character(unit);
    if (units.length > longRun && index % 8 === 7) escaped += '\\allowbreak{}';
  });
  return escaped;
}

/** Escapes every special character, so that no string can be a command, end a cell or grow past the margin. */
export const escapeLatex = (value: string): string => tidy(value).normalize('NFC').split(' ').map(escapeWord).join(' ');

const layoutSigns = {
  plain: (text: string) => text.replaceAll(' ', '\\ '),
  index: (text: string) => `_{${text}}`,
  prime: () => "'",
  times: () => '\\times',
} as const;

export const latex: Markup = {
  text: escapeLatex,
  bold: (inner) => `\\textbf{${inner}}`,
  italic: (inner) => `\\textit{${inner}}`,
  marks: (marks) => (marks.length === 0 ? '' : `\\textsuperscript{${marks.map(escapeLatex).join(',')}}`),
  layout: (value) => {
    const parts = layoutParts(tidy(value));
    return parts ? `$${parts.map(({ kind, text }) => layoutSigns[kind](text)).join('')}$` : escapeLatex(value);
  },
  symbol: ({ letter, index }) =>
    `$${escapeLatex(letter)}_${index.length === 1 ? escapeLatex(index) : `{${escapeLatex(index)}}`}$`,
  dash: '--',
  dagger: '\\ensuremath{\\dagger}',
  doubleDagger: '\\ensuremath{\\ddagger}',
};
