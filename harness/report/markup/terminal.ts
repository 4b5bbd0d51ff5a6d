/** Plain text for a terminal, and the yardstick for the other formats in tests. */
import { tidy, type Markup } from './markup.js';

export const terminal: Markup = {
  text: tidy,
  bold: (inner) => inner,
  italic: (inner) => inner,
  marks: (marks) => (marks.length === 0 ? '' : ` ${marks.join(',')}`),
  layout: tidy,
  network: tidy,
  dash: '–',
  dagger: '†',
};
