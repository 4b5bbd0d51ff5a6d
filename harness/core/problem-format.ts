/** Shows a `Problem` to a person: what is wrong, the line it is in with a squiggle, and the way out. */
import { isAbsolute, relative } from 'node:path';
import type { Place, Problem } from './problem.js';

/** Longest piece of a line that is shown. */
const window = 100;

/** Characters that would move the cursor or hide text are shown as `\u{…}`. */
const visible = (text: string): string =>
  // Tabs are shown as one space, so that the squiggle stays below its word.
  text.replaceAll('\t', ' ').replace(/\p{Cc}|\p{Cf}/gu, '\u{FFFD}');

/** `tables/mine.yaml:14:9`, relative to the working folder where it lies below it. */
export function formatPlace(place: Place): string {
  const below = isAbsolute(place.file) ? relative(process.cwd(), place.file) : place.file;
  const file = below === '' || below.startsWith('..') ? place.file : below;
  return `${file}:${place.line}:${place.column}`;
}

/** The line and, below it, `~~~` under the words meant. */
function formatLine(place: Place): string[] {
  const start = Math.max(0, Math.min(place.column - 1 - window / 2, place.text.length - window));
  const cut = visible(place.text.slice(start, start + window));
  const before = start > 0 ? '…' : '';
  const after = start + window < place.text.length ? '…' : '';
  const number = String(place.line);
  const offset = before.length + place.column - 1 - start;
  const squiggle = '~'.repeat(Math.max(1, Math.min(place.length, window - (place.column - 1 - start))));
  return [`  ${number} | ${before}${cut}${after}`, `  ${' '.repeat(number.length)} | ${' '.repeat(offset)}${squiggle}`];
}

/**
 * Several lines, without a final newline:
 *
 *     tables/mine.yaml:14:9: Unknown key "detph" [KEY_UNKNOWN]
 *       14 |   detph: [20, 32]
 *          |   ~~~~~
 *     Did you mean "depth"? Allowed here: dataset, depth, network.
 */
export function formatProblem(problem: Problem): string {
  const { place, hint, message, code } = problem;
  const where = place === undefined ? '' : `${formatPlace(place)}: `;
  const lines = place === undefined ? [] : formatLine(place);
  return [`${where}${message} [${code}]`, ...lines, ...(hint === undefined ? [] : [hint])].join('\n');
}
