/** A block a network, a row a protocol: any matrix that has no arrangement of its own. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { groupBy } from '../groups.js';
import type { Metric } from '../metrics/metric.js';
import { head, numbers, type Block, type Column, type Source } from '../model.js';
import type { Arrange } from './arrangement.js';
import { oursAt, printedLabel, printedOf } from './cells.js';
import { datasetHead, reductionNotes, trainedAs } from './heads.js';

function blockTitle(places: readonly EvaluatedEntry[]): string {
  const entry = places[0]?.entry;
  if (!entry) return '';
  const trained = trainedAs(places);
  const network = `${entry.label} ${entry.layout?.text ?? ''}`.trimEnd();
  return [network, datasetHead(places.slice(0, 1)), trained].filter(Boolean).join(', ');
}

const blockKey = ({ entry }: EvaluatedEntry): string => [entry.label, entry.dataset, entry.layout?.text].join('|');

/** What the plan asks for, or what there is a number of though nothing judges it. */
const isShown = (places: readonly EvaluatedEntry[], { id, summarised }: Metric): boolean =>
  places.some((place) => {
    const { verdict, value } = place.quantity(id);
    return summarised ? verdict !== null : value !== null;
  });

/** @param ids metrics that it shows where there is something to show */
export const byProtocol =
  (ids: readonly string[] = ['error', 'loss', 'rs', 'step-time', 'success']): Arrange =>
  ({ places, printed, metric }) => {
    const wanted = ids.map(metric).filter((own) => isShown(places, own));
    const columns = wanted.flatMap((own): (Column & { readonly source: Source; readonly metric: Metric })[] => {
      const base = { group: own.title, protocol: null, metric: own } as const;
      const hasPrinted = places.some(({ entry }) => printedOf(entry, own, printed).value !== null);
      return [
        ...(hasPrinted ? [{ ...base, label: printedLabel, source: 'printed' as const }] : []),
        { ...base, label: 'ours', source: 'ours' as const },
      ];
    });
    const blocks = [...groupBy(places, blockKey).values()].map((members): Block => ({
      title: blockTitle(members),
      rows: members.map((place) => ({
        heads: [head(place.entry.protocol, 'text', { notes: reductionNotes([place]) })],
        cells: columns.map(({ metric: own, source }) =>
          numbers(source === 'printed' ? printedOf(place.entry, own, printed) : oursAt(place, own)),
        ),
      })),
    }));
    return {
      heads: ['Protocol'],
      columns: columns.map(({ group, label, source }) => ({ group, label, protocol: null, source })),
      blocks,
      metrics: wanted.map(({ id }) => id),
      bold: false,
    };
  };
