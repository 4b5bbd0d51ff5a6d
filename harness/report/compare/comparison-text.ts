/** A comparison of two reports as Markdown that also reads in a terminal. */
import { fixed, signed } from '../evaluate/digits.js';
import { markdown } from '../markup/markdown.js';
import type { Change, Comparison } from './compare.js';

const judgement = ({ beyondNoise }: Change): string =>
  beyondNoise === null ? 'cannot be told' : beyondNoise ? 'more than noise' : 'within noise';

/** Markdown that also reads in a terminal: what changed beyond noise first. */
export function comparisonText({ changes, equal, onlyA, onlyB, settings }: Comparison): string {
  const { text } = markdown;
  const order = [true, null, false];
  const sorted = [...changes].sort((a, b) => order.indexOf(a.beyondNoise) - order.indexOf(b.beyondNoise));
  const beyond = changes.filter(({ beyondNoise }) => beyondNoise === true).length;
  const rows = sorted.map((change) => {
    const { place, a, b, difference, arm, verdicts } = change;
    const places = place.unit === 'count' ? 0 : 2;
    const verdict = verdicts[0] === verdicts[1] ? '' : `${verdicts[0] || 'none'} → ${verdicts[1] || 'none'}`;
    const where = [place.table, `${place.label} ${place.layout}`, place.protocol, place.metric];
    const change2 = `${signed(difference, places)}${arm === null ? '' : ` ± ${fixed(arm, places)}`}`;
    return `| ${[...where.map(text), fixed(a, places), fixed(b, places), change2, judgement(change), verdict].join(' | ')} |`;
  });
  const list = (title: string, keys: readonly string[]): string[] =>
    keys.length === 0
      ? []
      : [
          '',
          `${title}: ${keys.length}`,
          ...keys.slice(0, 20).map((key) => `- ${text(key)}`),
          ...(keys.length > 20 ? [`- and ${keys.length - 20} more`] : []),
        ];
  return [
    `${equal} numbers are equal, ${changes.length} differ, ${beyond} of them by more than noise (95 %).`,
    ...(settings.length === 0
      ? []
      : ['', 'Settings that differ:', ...settings.map(({ name, a, b }) => `- ${text(name)}: ${text(a)} → ${text(b)}`)]),
    ...(rows.length === 0
      ? []
      : [
          '',
          '| Table | Network | Protocol | Quantity | A | B | B − A | | Verdict |',
          '| :-- | :-- | :-- | :-- | --: | --: | --: | :-- | :-- |',
          ...rows,
        ]),
    ...list('Only in A', onlyA),
    ...list('Only in B', onlyB),
    '',
  ].join('\n');
}
