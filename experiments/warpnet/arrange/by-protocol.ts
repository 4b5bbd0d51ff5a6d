/** The readings, and any matrix of a user's own: a block a network, a row a protocol. */
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { head, numbers, type Block, type Column } from '../../../harness/report/model.js';
import { datasetTitle, metricTitles } from '../../../harness/report/evaluate/names.js';
import type { Published } from '../../../harness/report/evaluate/published.js';
import type { Metric } from '../../../harness/report/evaluate/quantity.js';
import type { Arrangement } from './by-width.js';
import { groupBy, metricOf, networkHead, printedOf, shrinkNotes, trainedAs } from '../../../harness/report/arrange/parts.js';

function blockTitle(places: readonly EvaluatedEntry[]): string {
  const entry = places[0]?.entry;
  if (!entry) return '';
  const standIn = entry.error.skipped ? null : entry.error.standIn;
  const instead = standIn === null ? '' : ` (errors on ${datasetTitle(standIn)} instead)`;
  const trained = trainedAs(places);
  return `${entry.label} ${entry.layout}, ${datasetTitle(entry.dataset)}${instead}${trained ? `, ${trained}` : ''}`;
}

export function arrangeByProtocol(places: readonly EvaluatedEntry[], published: Published): Arrangement {
  const hasPrinted = (metric: Metric): boolean =>
    places.some(({ entry }) => printedOf(entry, metric, published).value !== null);
  const has = (metric: Metric): boolean => places.some((place) => metricOf(place, metric).value !== null);
  const shown = (metric: 'error' | 'rs'): boolean => places.some((place) => place[metric].verdict !== null);
  const wanted: Metric[] = [
    ...(shown('error') ? (['error'] as const) : []),
    ...(has('loss') ? (['loss'] as const) : []),
    ...(shown('rs') ? (['rs'] as const) : []),
    ...(has('step-time') ? (['step-time'] as const) : []),
  ];
  const columns = wanted.flatMap((metric): (Column & { metric: Metric; cited: boolean })[] => {
    const base = { group: metricTitles[metric], protocol: null, metric };
    return [
      ...(hasPrinted(metric) ? [{ ...base, label: 'printed', cited: true }] : []),
      { ...base, label: 'ours', cited: false },
    ];
  });
  const key = ({ entry }: EvaluatedEntry): string => [entry.label, entry.dataset, entry.layout].join('|');
  const blocks = [...groupBy(places, key).values()].map((members): Block => ({
    title: blockTitle(members),
    rows: members.map((place) => ({
      heads: [head(place.entry.protocol, 'text', { notes: shrinkNotes([place]) })],
      cells: columns.map(({ metric, cited }) =>
        numbers(cited ? printedOf(place.entry, metric, published) : metricOf(place, metric)),
      ),
    })),
  }));
  return {
    heads: ['Protocol'],
    columns: columns.map(({ group, label, protocol }) => ({ group, label, protocol })),
    blocks,
    metrics: wanted,
  };
}

/** Networks side by side with one row a network and protocol, for a matrix of one row each. */
export function arrangeSeeds(places: readonly EvaluatedEntry[]): Arrangement {
  const most = Math.max(1, ...places.map(({ runs }) => runs.length));
  const seedColumns = Array.from({ length: most }, (_, index) => ({
    group: 'Error of each seed (%)',
    label: `run ${index + 1}`,
    protocol: null,
  }));
  const text = (value: number | null | undefined): { quantities: []; text: string } => ({
    quantities: [],
    text: value === null || value === undefined ? '–' : value.toFixed(2),
  });
  const rows = places.map((place) => ({
    heads: [networkHead(place.entry.label, [place]), head(place.entry.protocol)],
    cells: [
      numbers(place.error),
      text(place.error.deviation),
      { quantities: [], text: String(place.runs.length) },
      ...seedColumns.map((_, index) => text(place.runs[index]?.last.errorPct)),
    ],
  }));
  return {
    heads: ['Network', 'Protocol'],
    columns: [
      { group: 'Error (%)', label: 'mean', protocol: null },
      { group: 'Error (%)', label: 'sd', protocol: null },
      { group: 'Error (%)', label: 'n', protocol: null },
      ...seedColumns,
    ],
    blocks: [{ title: null, rows }],
    metrics: ['error'],
  };
}
