/** The legend of a table at a glance: at most five lines, whatever there is to say. */
import type { Quantity } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import type { TableModel } from '../model.js';
import { reasonTitle } from '../verdict/vocabulary.js';
import type { GlanceColumn } from './columns.js';
import { markNames, marks, type Mark } from './marks.js';

interface Shown {
  readonly quantity: Quantity;
  readonly marks: readonly Mark[];
}

/** `Error (%) under A; RS (%) under B.` */
function protocolsLine(columns: readonly GlanceColumn[]): string {
  const ours = columns.filter(({ source }) => source !== 'printed');
  const groups = groupBy(ours, ({ protocol }) => protocol);
  const parts = [...groups].map(([protocol, own]) => {
    const names = [...new Set(own.map(({ metric }) => metric.short))];
    return groups.size === 1 ? `Ours under the protocol ${protocol}` : `${names.join(', ')} under ${protocol}`;
  });
  return `${parts.join('; ')}; ± is the longer arm of the 95 % interval.`;
}

/** `a: …; b: ….` */
const marksLine = (own: readonly Mark[]): string => `${own.map((mark) => `${mark}: ${marks[mark]}`).join('; ')}.`;

/** Why numbers of ours are missing, in a few words. */
function absencesLine(shown: readonly Shown[]): string[] {
  const reasons = new Set(shown.flatMap(({ quantity }) => quantity.absence ?? []));
  return reasons.size === 0 ? [] : [`–: no number (${[...reasons].map(reasonTitle).join(', ')}).`];
}

/** Hardware of what depends on it. */
function hardwareLine(shown: readonly Shown[]): string[] {
  const models = new Set(shown.flatMap(({ quantity: { hardware } }) => hardware?.model ?? []));
  return models.size === 0 ? [] : [`Times of ours: ${[...models].join('; ')}.`];
}

export function legendOf(model: TableModel, columns: readonly GlanceColumn[], shown: readonly Shown[]): string[] {
  const present = markNames.filter((mark) => shown.some((cell) => cell.marks.includes(mark)));
  const standIns = model.banner.filter((text) => text.includes('stands in'));
  const [first, ...rest] = present;
  return [
    [protocolsLine(columns), ...hardwareLine(shown)].join(' '),
    ...(first === undefined ? [] : [marksLine([first])]),
    ...(rest.length === 0 ? [] : [marksLine(rest)]),
    ...(standIns.length === 0 ? [] : [standIns.join(' ')]),
    ...absencesLine(shown),
  ];
}
