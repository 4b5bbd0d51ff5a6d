/** Tables 2 and 3 (`error (RS)` by width, a block per data set and depth) and the width series (RS by width). */
import type { PlannedEntry } from '../../../harness/plan/plan.js';
import { depthOf } from '../model/specification.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { head, numbers, type Block, type Cell, type Column, type Row } from '../../../harness/report/model.js';
import { datasetTitle } from '../../../harness/report/evaluate/names.js';
import type { Published } from '../../../harness/report/evaluate/published.js';
import type { Metric } from '../../../harness/report/evaluate/quantity.js';
import { markBest } from '../../../harness/report/arrange/best.js';
import { groupBy, metricOf, networkHead, oursLabel, printedOf, widthOf } from '../../../harness/report/arrange/parts.js';

export interface Arrangement {
  readonly heads: readonly string[];
  readonly columns: readonly Column[];
  readonly blocks: readonly Block[];
  /** What the table shows, and so what its verdicts are about. */
  readonly metrics: readonly Metric[];
}

/** `WarpNet1-37-4` as the rows of Tables 2 and 3 have it: `WarpNet1-37-kw`. */
const labelWithoutWidth = (label: string): string => label.replace(/^((?:WRN|WarpNet\d)-\d+)-\d+.*$/, '$1-kw');

/** Without a block title to say it, the row names its K. */
function labelOfRow(entry: PlannedEntry | undefined, metrics: readonly Metric[]): string {
  const label = labelWithoutWidth(entry?.label ?? '');
  const K = entry?.printed && entry.printed.family !== 'wrn' ? entry.printed.K : null;
  return metrics.length > 1 || K === null ? label : `${label}, K = ${K}`;
}

const depth = ({ printed }: PlannedEntry): number => (printed ? depthOf(printed) : NaN);

function rowOf(
  places: readonly EvaluatedEntry[],
  widths: readonly number[],
  metrics: readonly Metric[],
  protocols: readonly string[],
  published: Published,
): Row {
  const first = places[0]?.entry;
  const at = (kw: number, protocol?: string): EvaluatedEntry | undefined =>
    places.find((place) => widthOf(place) === kw && (protocol === undefined || place.entry.protocol === protocol));
  const cells = widths.flatMap((kw): Cell[] => [
    numbers(...metrics.map((metric) => printedOf(at(kw)?.entry, metric, published))),
    ...protocols.map((protocol) => numbers(...metrics.map((metric) => metricOf(at(kw, protocol), metric)))),
  ]);
  return {
    heads: [networkHead(labelOfRow(first, metrics), places), head(first?.layout ?? '', 'layout')],
    cells,
  };
}

function blockTitle(places: readonly EvaluatedEntry[]): string {
  const first = places[0]?.entry;
  if (!first) return '';
  const shapes = places.flatMap(({ entry: { printed } }) =>
    printed && printed.family !== 'wrn' ? [`, K = ${printed.K}, Nwarp = ${printed.Nwarp}`] : [],
  );
  const standIn = places
    .map(({ entry }) => (entry.error.skipped ? null : entry.error.standIn))
    .find((name) => name !== null);
  const note = standIn ? ` (errors on ${datasetTitle(standIn)} instead)` : '';
  return `${datasetTitle(first.dataset)}${note}, n = ${depth(first)}${shapes[0] ?? ''}`;
}

function widthColumns(widths: readonly number[], protocols: readonly string[], what: string): Column[] {
  return widths.flatMap((kw) => {
    const group = `kw = ${kw}: ${what}`;
    return [
      { group, label: 'printed', protocol: null },
      ...protocols.map((protocol) => ({ group, label: oursLabel(protocol), protocol })),
    ];
  });
}

/** @param metrics `['error', 'rs']` for Tables 2 and 3, `['rs']` for the width series, whose rows form one block. */
export function arrangeByWidth(
  places: readonly EvaluatedEntry[],
  protocols: readonly string[],
  metrics: readonly Metric[],
  published: Published,
): Arrangement {
  const widths = [...new Set(places.map(widthOf))].sort((a, b) => a - b);
  const paired = metrics.length > 1;
  const blockKey = ({ entry }: EvaluatedEntry): string => (paired ? `${entry.dataset} ${depth(entry)}` : '');
  const blocks = [...groupBy(places, blockKey).values()].map((members): Block => {
    const rowKey = ({ entry }: EvaluatedEntry): string => [entry.printed?.family, entry.layout].join(' ');
    const rows = [...groupBy(members, rowKey).values()].map((row) => rowOf(row, widths, metrics, protocols, published));
    return { title: paired ? blockTitle(members) : null, rows: markBest(rows) };
  });
  return {
    heads: ['Network', 'GPUs'],
    columns: widthColumns(widths, protocols, paired ? 'error % (RS)' : 'RS'),
    blocks,
    metrics,
  };
}
